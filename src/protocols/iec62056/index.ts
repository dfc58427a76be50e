/**
 * DLMS/COSEM. In HDLC frames (IEC 62056-46 section 6.4): 7E, format A and length, …, 7E. In the wrapper for IP
 * (IEC 62056-47 section 4.2.2): version 1, two ports, length, an APDU; port 4059.
 */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

const FIRST = [0, 0x7e];

export const iec62056: Protocol = {
  id: 379,
  name: 'IEC62056',
  tcp: { ports: [4059], first: FIRST, firstServer: FIRST, look },
  udp: { ports: [4059], first: FIRST, firstServer: FIRST, look },
};

function look(view: View) {
  const { c } = view;
  if (c.length < 9) return view.tcp && c.peek8(0) === 0x7e ? MORE : NO;
  if (c.peek8(0) === 0x7e) {
    if (c.peek8(1) >> 4 !== 0x0a) return NO;
    const length = c.peek16(1) & 0x7ff;
    if (length < 7) return NO;
    if (c.length < length + 2) return view.tcp ? MORE : NO;
    return c.peek8(length + 1) === 0x7e ? YES : NO;
  }
  if (!view.port(4059)) return NO;
  return c.peek16(0) === 1 && c.peek16(6) <= c.length - 8 && c.peek8(8) >= 0x60 ? YES : NO;
}
