/**
 * Discord voice (developer documentation, "Voice Connections"): IP discovery (type 1 or 2, length 70, SSRC, address of 64
 * bytes, port), and keep-alives 13 37 ca fe with a counter.
 */
import { NO, type Protocol, type View, YES } from '../kit.ts';

export const discord: Protocol = {
  id: 58,
  name: 'Discord',
  udp: { first: [0x00, 0x13], firstServer: [0x00, 0x13], look },
};

function look({ c }: View) {
  if (c.length === 8) return c.peek32(0) === 0x1337cafe ? YES : NO;
  if (c.length !== 74) return NO;
  const head = c.peek32(0);
  if (head === 0x00010046) return c.peek32(8) === 0 ? YES : NO;
  return head === 0x00020046 && c.peek8(8) >= 0x30 && c.peek8(8) <= 0x66 ? YES : NO;
}
