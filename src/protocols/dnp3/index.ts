/** DNP3 (IEEE 1815 section 9.2): data link frame 05 64, length, control, destination, source, CRC of these eight bytes. */

import type { Cursor } from '../../decode/cursor.ts';
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const dnp3: Protocol = {
  id: 244,
  name: 'DNP3',
  tcp: { ports: [20000], first: [5], firstServer: [5], look },
  udp: { ports: [20000], first: [5], firstServer: [5], look },
};

function look(view: View) {
  const { c } = view;
  if (c.length < 10) return view.tcp && c.peek8(0) === 5 ? MORE : NO;
  if (c.peek16(0) !== 0x0564 || c.peek8(2) < 5) return NO;
  return crc(c, 8) === c.peek16le(8) ? YES : NO;
}

/** CRC-16/DNP: polynomial 3D65, reflected, inverted. */
function crc(c: Cursor, length: number): number {
  let sum = 0;
  for (let i = 0; i < length; i++) {
    sum ^= c.peek8(i);
    for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >> 1) ^ 0xa6bc : sum >> 1;
  }
  return ~sum & 0xffff;
}
