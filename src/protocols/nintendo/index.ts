/** Nintendo's peer-to-peer library "Pia" (NintendoClients wiki, "Pia protocol"): magic 32 AB 98 64, then version and encryption. */
import { NO, type Protocol, type View, YES } from '../kit.ts';

export const nintendo: Protocol = {
  id: 173,
  name: 'Nintendo',
  udp: { first: [0x32], firstServer: [0x32], look },
};

function look({ c }: View) {
  return c.peek32(0) === 0x32ab9864 && c.length >= 16 ? YES : NO;
}
