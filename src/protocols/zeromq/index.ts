/** ZeroMQ's ZMTP (RFC 23/ZMTP 3.1, "greeting"): signature FF, eight bytes (a length for ZMTP 1), 7F; then the version. */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const zeromq: Protocol = {
  id: 177,
  name: 'ZeroMQ',
  tcp: { first: [0xff], firstServer: [0xff], look },
};

function look({ c }: View) {
  if (c.length < 10) return MORE;
  return c.peek32(0) === 0xff000000 && c.peek24(4) === 0 && c.peek8(9) === 0x7f ? YES : NO;
}
