/**
 * ANSI C12.22 (RFC 6142; ACSE in BER): APDU 60, length; called and calling titles (A2, A4, A6, A7, A8) and user
 * information (BE). Port 1153, or the universal title 2.16.124.113620.1.22 (60 7C 86 F7 54 01 16) in it.
 */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const ansiC1222: Protocol = {
  id: 397,
  name: 'ANSI_C1222',
  tcp: { ports: [1153], first: [0x60], firstServer: [0x60], look },
  udp: { ports: [1153], first: [0x60], firstServer: [0x60], look },
};

const TAGS = [0xa0, 0xa1, 0xa2, 0xa4, 0xa6, 0xa7, 0xa8];
const WITHIN = 64;

function look(view: View) {
  const { c } = view;
  if (c.length < 12) return view.tcp && c.peek8(0) === 0x60 ? MORE : NO;
  const first = c.peek8(1);
  const tag = c.peek8(first > 0x80 ? 2 + (first & 0x7f) : 2);
  if (c.peek8(0) !== 0x60 || first > 0x82 || !TAGS.includes(tag)) return NO;
  if (view.port(1153)) return YES;
  for (let at = 3; at < WITHIN; at++) if (c.peek32(at) === 0x607c86f7 && c.peek24(at + 4) === 0x540116) return YES;
  return NO;
}
