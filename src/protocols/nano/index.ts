/**
 * Nano (Nano protocol reference, message header): R and the network (A test, B beta, C live), versions highest, used,
 * lowest, message type up to 0F, extensions. Port 7075.
 */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const nano: Protocol = {
  id: 420,
  name: 'Nano',
  tcp: { ports: [7075], first: [0x52], firstServer: [0x52], look },
  udp: { ports: [7075], first: [0x52], firstServer: [0x52], look },
};

function look(view: View) {
  const { c } = view;
  if (c.length < 8) return view.tcp && c.peek8(0) === 0x52 ? MORE : NO;
  const highest = c.peek8(2);
  const used = c.peek8(3);
  const lowest = c.peek8(4);
  const network = c.peek8(1) >= 0x41 && c.peek8(1) <= 0x43;
  if (c.peek8(0) !== 0x52 || !network || highest < used || used < lowest || lowest < 7 || highest > 0x20) return NO;
  return c.peek8(5) >= 2 && c.peek8(5) <= 0x11 ? YES : NO;
}
