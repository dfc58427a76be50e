/** Monero's Levin protocol (monero, docs/LEVIN_PROTOCOL.md): signature 01 21 01 01 01 01 01 01. */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const monero: Protocol = {
  id: 369,
  name: 'Monero',
  tcp: { ports: [18080], first: [1], firstServer: [1], look },
};

function look({ c }: View) {
  if (c.length < 8) return c.length >= 2 && c.peek16(0) !== 0x0121 ? NO : MORE;
  return c.peek32(0) === 0x01210101 && c.peek32(4) === 0x01010101 ? YES : NO;
}
