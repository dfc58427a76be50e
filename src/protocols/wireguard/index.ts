/**
 * WireGuard (Donenfeld, "WireGuard: next generation kernel network tunnel", section 5.4): type, three zero bytes;
 * initiation (1) 148 bytes, response (2) 92, cookie (3) 64, data (4) 32 or more, a multiple of 16.
 * TunnelBear pads its handshake: initiation 204, response 100.
 */
import { DONE, MORE, NO, type Protocol, type View, YES } from '../kit.ts';

const FIRST = [1, 2, 3, 4];
const TUNNELBEAR = 299;

export const wireguard: Protocol = {
  id: 206,
  name: 'WireGuard',
  udp: { ports: [51820], first: FIRST, firstServer: FIRST, look },
  parse,
};

function look(view: View) {
  const { c } = view;
  const length = view.wireLen;
  if (c.peek24(1) !== 0) return NO;
  switch (c.peek8(0)) {
    case 1:
      if (length === 148) return YES;
      return length === 204 ? MORE : NO;
    case 2:
      if (length === 92) return YES;
      if (length !== 100 || view.packet !== 2) return NO;
      view.app = TUNNELBEAR;
      return YES;
    case 3:
      return length === 64 ? MORE : NO;
    default:
      // Data of a session whose handshake was not seen: a 64-bit counter that is far from full, on several packets.
      if (c.peek8(0) !== 4 || length < 32 || length % 16 !== 0 || c.peek32(12) !== 0) return NO;
      return view.packet >= 3 || view.port(51820) ? YES : MORE;
  }
}

const MESSAGES = ['', 'initiation', 'response', 'cookie', 'data'];

/** How it was recognised; a session whose handshake is seen has just begun. */
function parse(view: View): typeof DONE {
  view.more('wireguard.message', MESSAGES[view.c.peek8(0)] ?? '');
  return DONE;
}
