/**
 * i3D.net's game server network and Discord's voice servers on it answer an address discovery (Discord developer
 * documentation, "IP discovery"): type 1 or 2, length 70, SSRC, 64 bytes of address text, port. 74 bytes.
 */
import { NO, type Protocol, type View, YES } from '../kit.ts';

export const i3d: Protocol = {
  id: 301,
  name: 'i3D',
  udp: { first: [0], firstServer: [0], look },
};

function look({ c }: View) {
  if (c.length !== 74 || c.peek16(2) !== 70) return NO;
  if (c.peek16(0) === 1) return c.peek32(8) === 0 && c.peek32(40) === 0 ? YES : NO;
  return c.peek16(0) === 2 && c.peek8(8) >= 0x30 && c.peek8(8) <= 0x39 ? YES : NO;
}
