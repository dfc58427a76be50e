/** VHUA, a voice service (port 58267): its first datagram begins with 05 14 3A 05 08 F8 A1 B1 03. */
import { NO, type Protocol, type View, YES } from '../kit.ts';

export const vhua: Protocol = {
  id: 184,
  name: 'VHUA',
  udp: { ports: [58267], first: [5], firstServer: [5], look },
};

function look({ c }: View) {
  return c.peek32(0) === 0x05143a05 && c.peek32(4) === 0x08f8a1b1 && c.peek8(8) === 3 ? YES : NO;
}
