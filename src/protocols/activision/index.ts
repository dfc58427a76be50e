/**
 * Activision's Demonware matchmaking (Call of Duty; UDP port 3074): NAT probes of 29 bytes, 0D 02 00 and the answer 0C 02
 * 00, a nonce, the sender's own address and port in network order.
 */
import { NO, type Protocol, type View, YES } from '../kit.ts';

export const activision: Protocol = {
  id: 258,
  name: 'Activision',
  udp: { ports: [3074], first: [0x0c, 0x0d], firstServer: [0x0c, 0x0d], look },
};

function look(view: View) {
  const { c } = view;
  view.byBehaviour = true;
  if (!view.port(3074) || c.length !== 29) return NO;
  return c.peek24(0) === 0x0d0200 || c.peek24(0) === 0x0c0200 ? YES : NO;
}
