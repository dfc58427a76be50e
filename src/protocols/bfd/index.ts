/**
 * BFD (RFC 5880 section 4.1): version 1 and diagnostic, state and flags, multiplier, length of the packet; UDP 3784, 4784
 * (multihop, RFC 5883), 6784 (LAG, RFC 7130). Echo packets (3785) are a local matter.
 */
import { NO, type Protocol, type View, YES } from '../kit.ts';

const PORTS = [3784, 4784, 6784];

export const bfd: Protocol = {
  id: 401,
  name: 'BFD',
  udp: { ports: PORTS, first: [], firstServer: [], look },
};

function look(view: View) {
  const { c } = view;
  const length = c.peek8(3);
  if (!PORTS.includes(view.serverPort) && !PORTS.includes(view.clientPort)) return NO;
  return c.peek8(0) >> 5 === 1 && length >= 24 && length <= c.length && c.peek8(2) > 0 && c.peek32(4) !== 0 ? YES : NO;
}
