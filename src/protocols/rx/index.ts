/**
 * Rx, the remote procedure calls of AFS (Zeldovich, "Rx protocol specification"): epoch, connection, call, sequence,
 * serial, type 1–13, flags, user status, security index; ports 7000–7032.
 */
import { NO, type Protocol, type View, YES } from '../kit.ts';

const PORTS = Array.from({ length: 33 }, (_, i) => 7000 + i);

export const rx: Protocol = {
  id: 223,
  name: 'RX',
  udp: { ports: PORTS, first: [], firstServer: [], look },
};

const ours = (port: number) => port >= 7000 && port <= 7032;

function look(view: View) {
  const { c } = view;
  if (!ours(view.clientPort) && !ours(view.serverPort)) return NO;
  const type = c.peek8(20);
  const plausible = type >= 1 && type <= 13 && c.peek8(21) < 0x80 && c.peek8(23) <= 5;
  return c.length >= 28 && plausible && c.peek32(8) < 0x10000 && c.peek32(16) < 0x100000 ? YES : NO;
}
