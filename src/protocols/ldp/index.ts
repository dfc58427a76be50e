/** LDP (RFC 5036 section 3.1): port 646; version 1, length, identifier; a message 0001–07FF with its length. */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const ldp: Protocol = {
  id: 409,
  name: 'LDP',
  tcp: { ports: [646], first: [0], firstServer: [0], look },
  udp: { ports: [646], first: [0], firstServer: [0], look },
};

function look(view: View) {
  const { c } = view;
  if (!view.port(646)) return NO;
  if (c.length < 14) return view.tcp ? MORE : NO;
  const length = c.peek16(2);
  const type = c.peek16(10) & 0x7fff;
  return c.peek16(0) === 1 && length >= 10 && type >= 1 && type <= 0x0404 && c.peek16(12) <= length - 10 ? YES : NO;
}
