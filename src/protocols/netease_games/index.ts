/**
 * NetEase's games over UDP. Three forms: packets that begin with 07 08 08 0C; a hello of 30 bytes, a number, FF 00 and 24
 * printable characters; a hello of 12 bytes each combined by XOR with its number, which stands at bytes 0, 3 and 11.
 */
import { NO, type Protocol, type View, YES } from '../kit.ts';

export const netEaseGames: Protocol = {
  id: 402,
  name: 'NetEaseGames',
  udp: { look },
};

function look(view: View) {
  const { c } = view;
  view.byBehaviour = true;
  if (c.peek32(0) === 0x0708080c) return c.length >= 16 ? YES : NO;
  if (view.packet !== 1) return NO;
  if (c.length === 30 && c.peek16(4) === 0xff00) {
    for (let i = 6; i < 30; i++) if (c.peek8(i) < 0x21 || c.peek8(i) > 0x7e) return NO;
    return YES;
  }
  const number = c.peek8(0);
  const same = c.length === 12 && number === 1 && c.peek8(3) === number && c.peek8(11) === number;
  return same && (c.peek8(4) ^ number) === 0x10 && (c.peek8(5) ^ number) === 0x2b ? YES : NO;
}
