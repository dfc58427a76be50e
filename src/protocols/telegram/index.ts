/**
 * Telegram. MTProto transports over TCP (core.telegram.org/mtproto/mtproto-transports): intermediate EEEEEEEE, padded
 * DDDDDDDD, abridged EF; unencrypted messages begin with eight zero bytes. Calls over UDP reflectors (tgcalls): a peer tag
 * of 16 bytes, then FF FF FF FF FF FF FF FF FF FF FF FF or FE/FC as the word that follows eight of them.
 */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const telegram: Protocol = {
  id: 185,
  name: 'Telegram',
  tcp: { first: [0xee, 0xdd, 0xef], firstServer: [], look: lookTcp },
  udp: { look: lookUdp },
};

const FULL = 0xffffffff;

function lookUdp({ c }: View) {
  // A tag is random: where it ends in ones as well, it is the silence of a telephone.
  if (c.length < 32 || c.length % 4 !== 0 || c.peek32(12) === FULL) return NO;
  return c.peek32(16) === FULL && c.peek32(20) === FULL && c.peek32(24) === FULL ? YES : NO;
}

function lookTcp(view: View) {
  const { c } = view;
  if (!view.fromClient) return MORE;
  if (c.length < 10) return MORE;
  const head = c.peek32(0);
  if (head === 0xeeeeeeee || head === 0xdddddddd) return c.peek32le(4) < 0x100000 ? YES : NO;
  if (c.peek8(0) !== 0xef) return NO;
  // Abridged: length in words, then the key's identifier, zero while there is no key.
  const words = c.peek8(1);
  return words >= 4 && words < 0x7f && c.peek32(2) === 0 && c.peek32(6) === 0 ? YES : NO;
}
