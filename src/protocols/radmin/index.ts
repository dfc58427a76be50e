/** Radmin 3 (TCP 4899): messages of 1, length of the payload, sum of the payload's little-endian words, payload. */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const radmin: Protocol = {
  id: 391,
  name: 'Radmin',
  tcp: { ports: [4899], first: [1], firstServer: [1], look },
};

function look({ c }: View) {
  if (c.length < 9) return c.peek8(0) === 1 ? MORE : NO;
  const length = c.peek32(1);
  const sum = c.peek32(5);
  if (c.peek8(0) !== 1 || length < 1 || length > 0x1000) return NO;
  if (c.length < 9 + length) return MORE;
  let total = 0;
  for (let i = 0; i < length; i++) total += c.peek8(9 + i) * 2 ** (8 * (i & 3));
  return total % 0x100000000 === sum ? YES : NO;
}
