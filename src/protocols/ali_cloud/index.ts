/** Alibaba Cloud's mobile channel (TCP 8999): messages with the magic CE FA BE BA and a little-endian length. */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const aliCloud: Protocol = {
  id: 306,
  name: 'AliCloud',
  tcp: { first: [0xce], firstServer: [0xce], look },
};

function look({ c }: View) {
  if (c.length < 8) return c.peek8(0) === 0xce ? MORE : NO;
  return c.peek32(0) === 0xcefabeba && c.peek32le(4) < 0x100000 ? YES : NO;
}
