/** The Elder Scrolls Online: length of what follows, 1, 1 (16 bits each), then the length of the rest again. */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const tesOnline: Protocol = {
  id: 408,
  name: 'TES_Online',
  tcp: { first: [0], firstServer: [0], look },
};

function look({ c }: View) {
  if (c.length < 12) return c.length >= 2 && c.peek16(0) !== 0 ? NO : MORE;
  const length = c.peek32(0);
  return length > 16 && length < 0x10000 && c.peek32(4) === 0x00010001 && c.peek32(8) === length - 8 ? YES : NO;
}
