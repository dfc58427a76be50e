/** PPTP control connection, RFC 2637 section 1.4: length, message type 1, magic cookie 0x1a2b3c4d. */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const pptp: Protocol = {
  id: 115,
  name: 'PPTP',
  tcp: { ports: [1723], first: [0x00], firstServer: [0x00], look },
};

function look({ c }: View) {
  if (c.length < 8) return c.length >= 4 && c.peek16(2) !== 1 ? NO : MORE;
  return c.peek16(2) === 1 && c.peek32(4) === 0x1a2b3c4d ? YES : NO;
}
