/** BFCP, RFC 8855 section 5.1: version 1 or 2, primitive 1..18, length in words that is the message's. */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

const FIRST = [0x20, 0x30, 0x40, 0x50];

export const bfcp: Protocol = {
  id: 32,
  name: 'BFCP',
  udp: { first: FIRST, firstServer: FIRST, look },
  tcp: { first: FIRST, firstServer: FIRST, look },
};

/** First octet: version (3 bits), R, F, 3 reserved bits; over TCP version 1, over UDP version 2. */
function look(view: View) {
  const { c } = view;
  const first = c.peek8(0);
  const primitive = c.peek8(1);
  if ((first & 0x0f) !== 0 || primitive < 1 || primitive > 18) return c.length < 2 ? MORE : NO;
  if (c.length < 12) return view.tcp ? MORE : NO;
  const payload = c.peek16(2) * 4;
  if (c.length > 12 + payload || c.peek32(4) === 0 || c.peek16(8) === 0) return NO;
  // The answer to the other side's request: same conference, transaction and user.
  const { other } = view;
  if (other.length >= 12) {
    const same = other.peek32(4) === c.peek32(4) && other.peek32(8) === c.peek32(8) && (other.peek8(0) & 0x0f) === 0;
    return same && other.peek8(1) >= 1 && other.peek8(1) <= 18 && other.peek8(1) !== primitive ? YES : NO;
  }
  if (c.length !== 12 + payload) return MORE;
  // Attributes: type (7 bits) and M bit, length that counts its own two bytes.
  c.skip(12);
  while (c.left >= 2) {
    const type = c.u8() >> 1;
    const length = c.u8();
    if (type === 0 || type > 18 || length < 2) return NO;
    c.skip(Math.min(c.left, ((length + 3) & ~3) - 2));
  }
  return payload === 0 && !KEEPS_SHORT.includes(primitive) ? NO : YES;
}

/** FloorQuery, UserQuery, Hello, GoodBye and the acknowledgements may have no attributes. */
const KEEPS_SHORT = [5, 7, 11, 14, 15, 16, 17, 18];
