/** Lotus Notes RPC: after a length of 16 bits the client opens with 00 00 02 00 00 40 02 0f. */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const lotusnotes: Protocol = {
  id: 150,
  name: 'LotusNotes',
  tcp: { ports: [1352], look },
};

function look(view: View) {
  const { c } = view;
  if (!view.fromClient) return view.packetOfSide < 3 ? MORE : NO;
  if (c.length < 16) return c.length >= 10 && c.peek32(6) !== 0x00000200 ? NO : MORE;
  return c.peek32(6) === 0x00000200 && c.peek32(10) === 0x0040020f ? YES : NO;
}
