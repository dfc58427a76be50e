/**
 * Viber: over TCP messages behind a little-endian length that counts itself, then a counter and zeros; over UDP a session
 * number of two bytes, a kind and zero. Both on ports of Viber's.
 */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

const TCP_PORTS = [4244, 5242, 5243, 7985];
const UDP_PORTS = [4244, 5242, 5243, 7985, 7987, 9785];

export const viber: Protocol = {
  id: 144,
  name: 'Viber',
  tcp: { ports: TCP_PORTS, look: lookTcp },
  udp: { ports: UDP_PORTS, look: lookUdp },
};

function lookTcp(view: View) {
  const { c } = view;
  if (!TCP_PORTS.includes(view.serverPort)) return NO;
  if (c.length < 11) return MORE;
  return c.peek16le(0) === c.length && c.peek8(10) === 0 ? YES : NO;
}

/** Kinds seen of calls: 1 and 0x0c open, 9 ping, 0x11 report, 0x19 and 0x1a probe. */
const KINDS = [0x01, 0x03, 0x09, 0x0c, 0x11, 0x19, 0x1a];

function lookUdp(view: View) {
  const { c } = view;
  if (!UDP_PORTS.includes(view.serverPort) && !UDP_PORTS.includes(view.clientPort)) return NO;
  if (c.length < 12 || c.peek8(3) !== 0 || !KINDS.includes(c.peek8(2))) return NO;
  return YES;
}
