/** Teredo (RFC 4380 section 5.1.1): authentication and origin headers, then an IPv6 packet; server port 3544. */
import { NO, type Protocol, type View, YES } from '../kit.ts';

export const teredo: Protocol = {
  id: 214,
  name: 'Teredo',
  udp: { ports: [3544], first: [], firstServer: [], look },
};

function look(view: View) {
  const { c } = view;
  if (!view.port(3544)) return NO;
  // Authentication: 0, 1, lengths of client id and value, both, nonce (8), confirmation.
  if (c.peek16(0) === 1) c.skip(13 + Math.max(0, c.peek8(2)) + Math.max(0, c.peek8(3)));
  // Origin: 0, 0, obfuscated port and address.
  if (c.peek16(0) === 0) c.skip(8);
  return c.left >= 40 && c.peek8(0) >> 4 === 6 && c.peek16(4) <= c.left - 40 ? YES : NO;
}
