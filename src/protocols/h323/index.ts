/**
 * H.323: call signalling (H.225.0 in Q.931 messages, behind TPKT, RFC 1006; usually TCP 1720), and registration with a
 * gatekeeper (H.225.0 RAS over UDP 1718 and 1719, which names its protocol by object identifier).
 */
import { type Cursor, MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const h323: Protocol = {
  id: 158,
  name: 'H323',
  tcp: { ports: [1719, 1720], first: [0x03], firstServer: [0x03], look: lookTcp },
  udp: { ports: [1718, 1719], look: lookUdp },
};

/** Alerting, call proceeding, setup, connect, release complete, facility, progress, empty, status, information, notify. */
const MESSAGES = [0x01, 0x02, 0x03, 0x05, 0x07, 0x0d, 0x0f, 0x4d, 0x5a, 0x62, 0x6e, 0x75, 0x7b, 0x7d];

function lookTcp(view: View) {
  const { c } = view;
  if (c.length < 9) return c.length >= 2 && c.peek16(0) !== 0x0300 ? NO : MORE;
  const length = c.peek16(2);
  if (c.peek16(0) !== 0x0300 || length < 9) return NO;
  // H.245's terminal capabilities name it in their first bytes: 0.0.8.245.0.n.
  for (let at = 4; at < 16; at++) if (c.peek24(at) === 0x088175 && c.peek8(at + 3) === 0) return YES;
  // Q.931: protocol discriminator 8, call reference of two bytes, message type.
  if (c.length < Math.min(length, 20)) return MORE;
  if (c.peek8(4) !== 0x08 || c.peek8(5) !== 2 || !MESSAGES.includes(c.peek8(8))) return NO;
  return view.port(1720) || userInformation(c, length) ? YES : c.length < Math.min(length, 200) ? MORE : NO;
}

/** Somewhere in it stands H.225's user-user element with the identifier 0.0.8.2250.0.n (00 08 91 4a 00). */
function userInformation(c: Cursor, length: number): boolean {
  const stop = Math.min(length, c.length, 512) - 4;
  for (let at = 9; at < stop; at++) if (c.peek32(at) === 0x08914a00) return true;
  return false;
}

/** RAS in PER: small tag in the first bits, sequence number, protocol identifier 06 00 08 91 4a 00 n. */
function lookUdp(view: View) {
  const { c } = view;
  if (!view.port(1719) && !view.port(1718)) return NO;
  for (let at = 2; at < 12; at++) if (c.peek32(at) === 0x0008914a) return YES;
  return view.packet < 4 ? MORE : NO;
}
