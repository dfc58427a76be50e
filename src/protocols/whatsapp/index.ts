/**
 * WhatsApp's chat connection: the edge routing header "ED\0\1" or at once the prologue "WA", two version bytes, then
 * Noise handshake frames behind 24-bit lengths.
 */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const whatsapp: Protocol = {
  id: 142,
  name: 'WhatsApp',
  tcp: { ports: [5222], first: [0x45, 0x57], look },
};

function look({ c }: View) {
  const first = c.peek8(0);
  if (first === 0x45) {
    if (c.length < 4) return 'ED\0\x01'.startsWith(c.text(c.length)) ? MORE : NO;
    return c.peek32(0) === 0x45440001 ? YES : NO;
  }
  if (first === 0x57) {
    if (c.length < 7) return 'WA'.startsWith(c.text(Math.min(2, c.length))) ? MORE : NO;
    // "WA" 1.x (FunXMPP) to 6.x (Noise); then a frame of a plausible length.
    const version = c.peek8(2);
    return c.peek16(0) === 0x5741 && version >= 1 && version <= 6 && c.peek8(4) === 0 ? YES : NO;
  }
  return NO;
}
