/** SAIA Ether-S-Bus (Saia manual 26-739): UDP 5050; length of the telegram, version 1, protocol 0, sequence, kind, …, CRC. */

import type { Cursor } from '../../decode/cursor.ts';
import { NO, type Protocol, type View, YES } from '../kit.ts';

export const etherSBus: Protocol = {
  id: 368,
  name: 'Ether-S-Bus',
  udp: { ports: [5050], first: [0], firstServer: [0], look },
};

function look({ c }: View) {
  const length = c.length;
  if (length < 11 || length > 512 || c.peek32(0) !== length || c.peek8(4) > 1 || c.peek8(5) > 1 || c.peek8(8) > 2)
    return NO;
  return crc(c, length - 2) === c.peek16(length - 2) ? YES : NO;
}

/** CRC-CCITT, start 0. */
function crc(c: Cursor, length: number): number {
  let sum = 0;
  for (let i = 0; i < length; i++) {
    sum ^= c.peek8(i) << 8;
    for (let bit = 0; bit < 8; bit++) sum = (sum & 0x8000 ? (sum << 1) ^ 0x1021 : sum << 1) & 0xffff;
  }
  return sum;
}
