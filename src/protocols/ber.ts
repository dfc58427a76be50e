/** Just enough of ASN.1's basic encoding (X.690 section 8) to recognise protocols written in it. */
import type { Cursor } from '../decode/cursor.ts';

/** Reads a length (8.1.3); -1 when it is indefinite, longer than four bytes, or cut off. */
export function berLength(c: Cursor): number {
  const first = c.u8();
  if (c.short) return -1;
  if (first < 0x80) return first;
  const bytes = first & 0x7f;
  if (bytes === 0 || bytes > 4) return -1;
  let length = 0;
  for (let i = 0; i < bytes; i++) length = length * 256 + c.u8();
  return c.short ? -1 : length;
}

/** Reads an element's header: its tag must be `tag`; answers its length, or -1. */
export function berEnter(c: Cursor, tag: number): number {
  if (c.peek8(0) !== tag) return -1;
  c.skip(1);
  return berLength(c);
}

/** Reads an INTEGER of at most four bytes; -1 when it is none, or negative. */
export function berInteger(c: Cursor, tag = 0x02): number {
  const length = berEnter(c, tag);
  if (length < 1 || length > 5 || !c.has(length)) return -1;
  let value = 0;
  for (let i = 0; i < length; i++) value = value * 256 + c.u8();
  return value > 0x7fff_ffff ? -1 : value;
}
