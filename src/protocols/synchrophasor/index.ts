/** IEEE C37.118.2 (section 6.2): SYNC AA, frame type and version, size of the whole frame, …, CRC-CCITT. */

import type { Cursor } from '../../decode/cursor.ts';
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const synchrophasor: Protocol = {
  id: 367,
  name: 'IEEE-C37118',
  tcp: { ports: [4712], first: [0xaa], firstServer: [0xaa], look },
  udp: { ports: [4713], first: [0xaa], firstServer: [0xaa], look },
};

function look(view: View) {
  const { c } = view;
  if (c.length < 16) return view.tcp ? MORE : NO;
  const kind = c.peek8(1) >> 4;
  const version = c.peek8(1) & 0x0f;
  const size = c.peek16(2);
  if (c.peek8(0) !== 0xaa || kind > 5 || version < 1 || version > 3 || size < 16) return NO;
  if (c.length < size) return view.tcp ? MORE : NO;
  return crc(c, size - 2) === c.peek16(size - 2) ? YES : NO;
}

/** CRC-CCITT, start FFFF. */
function crc(c: Cursor, length: number): number {
  let sum = 0xffff;
  for (let i = 0; i < length; i++) {
    sum ^= c.peek8(i) << 8;
    for (let bit = 0; bit < 8; bit++) sum = (sum & 0x8000 ? (sum << 1) ^ 0x1021 : sum << 1) & 0xffff;
  }
  return sum;
}
