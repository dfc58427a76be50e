/**
 * League of Legends: Wild Rift over UDP. A hello of 69 bytes (04 00 00 00, encrypted) is answered by 359 (10 00 00 00);
 * latency probes of 22 bytes carry 01 02, numbers and a version of four characters.
 */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const lolWildRift: Protocol = {
  id: 407,
  name: 'LoLWildRift',
  udp: { first: [1, 4, 0x10], firstServer: [1, 4, 0x10], look },
};

function look(view: View) {
  const { c } = view;
  view.byBehaviour = true;
  if (c.length === 22) return c.peek16(0) === 0x0102 && c.peek16(16) === 4 && printable(view) ? YES : NO;
  if (c.length === 69 && view.packet === 1) return c.peek32(0) === 0x04000000 ? MORE : NO;
  return c.length === 359 && !view.fromClient && view.packet === 2 && c.peek32(0) === 0x10000000 ? YES : NO;
}

function printable({ c }: View): boolean {
  for (let i = 18; i < 22; i++) if (c.peek8(i) < 0x30 || c.peek8(i) > 0x7a) return false;
  return true;
}
