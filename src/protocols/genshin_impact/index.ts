/**
 * Genshin Impact. UDP (a KCP with its own handshake; community documentation of the game's servers): 20 bytes, FF or 0x145,
 * conversation, token, 1234567890, FFFFFFFF or 14514545. TCP: 1, length, kind (7 opens, 8 answers), zeros.
 */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const genshinImpact: Protocol = {
  id: 257,
  name: 'GenshinImpact',
  tcp: { first: [1], firstServer: [1], look: lookTcp },
  udp: { ports: [22101, 22102], first: [0], firstServer: [0], look: lookUdp },
};

function lookUdp({ c }: View) {
  if (c.length !== 20) return NO;
  if (c.peek32(0) === 0xff) return c.peek32(12) === 1234567890 && c.peek32(16) === 0xffffffff ? YES : NO;
  return c.peek32(0) === 0x145 && c.peek32(16) === 0x14514545 ? YES : NO;
}

function lookTcp(view: View) {
  const { c, other } = view;
  if (c.peek8(0) !== 1) return NO;
  if (c.length < 10) return MORE;
  if (c.peek32(0) !== 0x01000000 || c.peek24(6) !== 0) return NO;
  if (view.fromClient) return c.peek8(5) === 7 ? MORE : NO;
  if (c.length < 18) return MORE;
  // The answer repeats the eight bytes of the client's identity.
  const same = c.peek32(10) === other.peek32(10) && c.peek32(14) === other.peek32(14);
  return c.peek8(5) === 8 && other.peek8(5) === 7 && same ? YES : NO;
}
