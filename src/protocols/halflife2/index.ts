/**
 * Source engine connections (Valve Developer Community, "Server queries" and the connection's "S2C_CHALLENGE"): out-of-band
 * datagrams begin with ff ff ff ff and end, in a challenge, with "0000" or "000" and a zero.
 */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const halflife2: Protocol = {
  id: 75,
  name: 'HalfLife2',
  udp: { first: [0xff], firstServer: [0xff], look },
};

const PREFIX = 0xffffffff;

/** Client and server both in that form. */
function look(view: View) {
  const { c, other } = view;
  if (!challenge(c.peek32(0), c.length, c.peek32(c.length - 4))) return NO;
  if (other.length === 0) return view.packet < 4 ? MORE : NO;
  return view.otherLen === other.length && challenge(other.peek32(0), other.length, other.peek32(other.length - 4))
    ? YES
    : NO;
}

const challenge = (head: number, length: number, tail: number) =>
  head === PREFIX && length >= 20 && tail === 0x30303000;
