/** Tencent's mobile games (their connection service's packet head): 33 66 00 0B 00 0A. */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const tencentGames: Protocol = {
  id: 395,
  name: 'TencentGames',
  tcp: { first: [0x33], firstServer: [0x33], look },
};

function look({ c }: View) {
  if (c.length < 6) return c.length >= 2 && c.peek16(0) !== 0x3366 ? NO : MORE;
  return c.peek32(0) === 0x3366000b && c.peek16(4) === 0x000a ? YES : NO;
}
