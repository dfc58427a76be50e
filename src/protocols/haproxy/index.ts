/** HAProxy's PROXY protocol (proxy-protocol.txt sections 2.1 and 2.2): "PROXY TCP4 …" or a signature of twelve bytes. */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';
import { beginsWith } from '../words.ts';

const STARTS = ['proxy tcp4 ', 'proxy tcp6 ', 'proxy unknown'];
const FIRST = [0x50, 0x0d];

export const haproxy: Protocol = {
  id: 350,
  name: 'HAProxy',
  tcp: { first: FIRST, firstServer: FIRST, look },
};

function look({ c }: View) {
  if (c.peek8(0) === 0x50) return beginsWith(c, STARTS);
  if (c.length < 12) return MORE;
  return c.peek32(0) === 0x0d0a0d0a && c.peek32(4) === 0x000d0a51 && c.peek32(8) === 0x5549540a ? YES : NO;
}
