/**
 * Z39.50 (ANSI/NISO Z39.50-2003 section 4, BER): initRequest [20] (B4) and initResponse [21] (B5): an optional reference id
 * [2], protocol version [3], options [4].
 */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const z3950: Protocol = {
  id: 260,
  name: 'Z3950',
  tcp: { ports: [210], first: [0xb4, 0xb5], firstServer: [0xb4, 0xb5], look },
};

function look({ c }: View) {
  if (c.peek8(0) !== 0xb4 && c.peek8(0) !== 0xb5) return NO;
  if (c.length < 16) return MORE;
  c.skip(1);
  const length = c.u8();
  if (length > 0x82 || length === 0x80) return NO;
  if (length > 0x80) c.skip(length & 0x7f);
  if (c.peek8(0) === 0x82) c.skip(2 + c.peek8(1));
  if (c.u8() !== 0x83) return NO;
  const version = c.u8();
  if (version < 2 || version > 3) return NO;
  return c.skip(version).u8() === 0x84 ? YES : NO;
}
