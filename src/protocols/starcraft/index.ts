/**
 * StarCraft II and Battle.net, port 1119. TCP: the first message is 4A 00 00 0A 66 02 0A ED 2D 66. UDP: a match begins
 * with datagrams of 20, 75 or 85 and 548 bytes.
 */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const starcraft: Protocol = {
  id: 213,
  name: 'Starcraft',
  tcp: { ports: [1119], first: [0x4a], firstServer: [], look },
  udp: { ports: [1119], first: [], firstServer: [], look: lookUdp },
};

const SIZES = [20, 75, 85, 548];

function look(view: View) {
  const { c } = view;
  if (!view.fromClient) return MORE;
  if (c.length < 10) return c.peek8(0) === 0x4a ? MORE : NO;
  return c.peek32(0) === 0x4a00000a && c.peek32(4) === 0x66020aed && c.peek16(8) === 0x2d66 ? YES : NO;
}

function lookUdp(view: View) {
  if (!view.port(1119) || !SIZES.includes(view.wireLen)) return NO;
  if (view.wireLen !== 548 || view.packet < 4) return MORE;
  view.byBehaviour = true;
  return YES;
}
