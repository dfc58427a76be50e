/**
 * TP-Link's smart home protocol (softScheck, "Reverse engineering the TP-Link HS110"): JSON, each byte combined by XOR with
 * the ciphertext before it, from 171 on; over TCP after a length. UDP and TCP 9999.
 */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const tplinkShp: Protocol = {
  id: 332,
  name: 'TPLINK_SHP',
  tcp: { ports: [9999], first: [0], firstServer: [0], look },
  udp: { ports: [9999], first: [0xd0], firstServer: [0xd0], look },
};

const KEY = 171;

function look(view: View) {
  const { c } = view;
  if (view.tcp) {
    if (c.length < 6) return c.peek8(0) === 0 ? MORE : NO;
    if (c.peek32(0) < 2 || c.peek32(0) > 0x10000) return NO;
    c.skip(4);
  }
  if (c.left < 2 || (c.peek8(0) ^ KEY) !== 0x7b) return NO;
  const next = c.peek8(1) ^ c.peek8(0);
  return next === 0x22 || next === 0x7d || next === 0x20 ? YES : NO;
}
