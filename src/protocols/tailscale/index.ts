/** Tailscale's path discovery (tailscale.com, "How NAT traversal works"; disco package): "TS" and a speech balloon in UTF-8. */
import { NO, type Protocol, type View, YES } from '../kit.ts';

export const tailscale: Protocol = {
  id: 24,
  name: 'Tailscale',
  udp: { ports: [41641], first: [0x54], firstServer: [0x54], look },
};

function look({ c }: View) {
  // Magic, sender's key, nonce, box.
  return c.length >= 62 && c.peek32(0) === 0x5453f09f && c.peek16(4) === 0x92ac ? YES : NO;
}
