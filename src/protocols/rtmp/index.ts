/**
 * RTMP (Adobe specification 1.0, section 5.2): C0 is the version, 3; C1 and S1 are 1536 bytes: time, four zero bytes
 * (a Flash version in later players), random. The server answers S0, S1 and S2.
 */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const rtmp: Protocol = {
  id: 174,
  name: 'RTMP',
  tcp: { ports: [1935], first: [3], firstServer: [3], look },
};

const HANDSHAKE = 1537;

function look(view: View) {
  const { c } = view;
  if (c.peek8(0) !== 3) return NO;
  if (c.length < 9) return MORE;
  // A TPKT (RFC 1006) begins with 3, too, followed by zero and its length.
  if (view.fromClient) {
    const zeros = c.peek32(5) === 0;
    return c.length >= HANDSHAKE && (view.port(1935) || zeros) ? YES : MORE;
  }
  return view.other.peek8(0) === 3 && view.other.length >= HANDSHAKE && c.length >= HANDSHAKE ? YES : MORE;
}
