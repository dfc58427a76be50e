/** StarCraft II's first message to the Battle.net server, port 1119: 4A 00 00 0A 66 02 0A ED 2D 66. */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const starcraft: Protocol = {
  id: 213,
  name: 'Starcraft',
  tcp: { ports: [1119], first: [0x4a], firstServer: [], look },
};

function look(view: View) {
  const { c } = view;
  if (!view.fromClient) return MORE;
  if (c.length < 10) return c.peek8(0) === 0x4a ? MORE : NO;
  return c.peek32(0) === 0x4a00000a && c.peek32(4) === 0x66020aed && c.peek16(8) === 0x2d66 ? YES : NO;
}
