/** World of Kung Fu: the first message of the client, sixteen bytes with a length of twelve in front. */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const worldofkungfu: Protocol = {
  id: 117,
  name: 'WorldOfKungFu',
  tcp: { first: [0x0c], look },
};

function look({ c }: View) {
  if (c.length < 16) return c.length >= 4 && c.peek32(0) !== 0x0c000000 ? NO : MORE;
  if (c.peek32(0) !== 0x0c000000 || c.peek32(4) !== 0xd2000c00) return NO;
  return c.peek8(9) === 0x16 && c.peek8(10) === 0 && c.peek16(14) === 0 ? YES : NO;
}
