/**
 * DRDA (The Open Group, DRDA volume 3, "DSS header"): length, D0, format, correlation id; the object in it has its own
 * length, six less when it is alone, and a code point. DB2 and Derby; a conversation begins with EXCSAT (1041).
 */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const drda: Protocol = {
  id: 227,
  name: 'DRDA',
  tcp: { first: [0], firstServer: [0], look },
};

function look({ c }: View) {
  if (c.length < 10) return c.length >= 3 && c.peek8(2) !== 0xd0 ? NO : MORE;
  if (c.peek8(2) !== 0xd0 || (c.peek8(3) & 0x0f) > 5 || (c.peek8(3) & 0x0f) === 0) return NO;
  const point = c.peek16(8);
  return c.peek16(0) === c.peek16(6) + 6 && point >= 0x1000 && point < 0x2500 ? YES : NO;
}
