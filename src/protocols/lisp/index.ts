/**
 * LISP. Data (RFC 9300, UDP 4341): flags, then an IP packet. Control (RFC 9301 section 5, UDP 4342): type in the high four
 * bits, 1 to 4, 7, 8. Control over TCP (draft-kouvelas-lisp-map-server-reliable-transport): type, length, id, …, 9FACADE9.
 */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const lisp: Protocol = {
  id: 236,
  name: 'LISP',
  tcp: { ports: [4342], first: [], firstServer: [], look: lookTcp },
  udp: { ports: [4341, 4342], first: [], firstServer: [], look: lookUdp },
};

const MARKER = 0x9facade9;

function lookUdp(view: View) {
  const { c } = view;
  if (view.port(4342)) {
    const type = c.peek8(0) >> 4;
    return c.length >= 12 && ((type >= 1 && type <= 4) || type === 7 || type === 8) ? YES : NO;
  }
  if (!view.port(4341)) return NO;
  const version = c.peek8(8) >> 4;
  return c.length >= 28 && (version === 4 || version === 6) ? YES : NO;
}

function lookTcp(view: View) {
  const { c } = view;
  if (!view.port(4342)) return NO;
  if (c.length < 4) return MORE;
  const length = c.peek16(2);
  if (c.peek16(0) > 0x40 || length < 8 || length > 0x4000) return NO;
  if (c.length < length) return MORE;
  return c.peek32(length - 4) === MARKER ? YES : NO;
}
