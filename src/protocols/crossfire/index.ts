/** CrossFire's peer datagrams: 25 bytes, c7 d9 19 99, 02 00, and 7d 00 in the end. */
import { NO, type Protocol, type View, YES } from '../kit.ts';

export const crossfire: Protocol = {
  id: 105,
  name: 'Crossfire',
  udp: { first: [0xc7], firstServer: [0xc7], look },
};

function look({ c }: View) {
  return c.length === 25 && c.peek32(0) === 0xc7d91999 && c.peek16(4) === 0x0200 && c.peek16(22) === 0x7d00 ? YES : NO;
}
