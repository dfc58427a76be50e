/** eDonkey and eMule (Kulbak and Bickson, "The eMule Protocol Specification", chapters 6 and 8): 0xe3, 0xc5, 0xd4; Kad 0xe4, 0xe5. */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

const FIRST = [0xe3, 0xc5, 0xd4];
const FIRST_UDP = [0xe3, 0xc5, 0xe4, 0xe5];

export const edonkey: Protocol = {
  id: 36,
  name: 'eDonkey',
  tcp: { ports: [4661, 4662], first: FIRST, firstServer: FIRST, look: lookTcp },
  udp: { ports: [4665, 4672], first: FIRST_UDP, firstServer: FIRST_UDP, look: lookUdp },
};

/** Length of the message behind the fifth byte, then its type: hello (with a hash of 16 bytes), login, answers to them. */
function lookTcp({ c }: View) {
  if (c.length < 7) return MORE;
  const length = c.peek32le(1);
  const type = c.peek8(5);
  if (length < 2 || length > 0x0020_0000) return NO;
  if (type === 0x01 && length > 40 && length < 4096) return c.peek8(6) === 0x10 || length >= 28 ? YES : NO;
  return TYPES.includes(type) &&
    (c.length === length + 5 || (c.length > length + 5 && FIRST.includes(c.peek8(length + 5))))
    ? YES
    : NO;
}
const TYPES = [0x38, 0x40, 0x4c, 0x46, 0x47, 0x4f, 0x58, 0x59, 0x34, 0x32, 0x33];

/** Kad requests of known size at once, the rest when both sides speak it. */
function lookUdp(view: View) {
  const { c, other } = view;
  const type = c.peek8(1);
  if (c.peek8(0) === 0xe4) {
    if (type === 0x21 && c.length === 35) return YES;
    if (type === 0x29 && c.length >= 19 && c.length === 19 + 25 * c.peek8(18)) return YES;
  }
  if (c.peek8(0) === 0xe3 && type === 0x96 && c.length === 6) return YES;
  if (!isKnown(c.peek8(0), type)) return NO;
  if (other.length < 2) return view.packet < 4 ? MORE : NO;
  // The same two bytes from both sides are an identifier of someone else's.
  return isKnown(other.peek8(0), other.peek8(1)) && other.peek16(0) !== c.peek16(0) ? YES : NO;
}

const isKnown = (magic: number, type: number) =>
  (magic >= 0xe4 && magic <= 0xe5 ? KAD : magic === 0xe3 || magic === 0xc5 ? SERVER : []).includes(type);
const KAD = [
  0x01, 0x09, 0x11, 0x19, 0x21, 0x22, 0x29, 0x33, 0x34, 0x35, 0x3b, 0x43, 0x44, 0x4b, 0x50, 0x51, 0x52, 0x53, 0x58,
  0x59, 0x60, 0x61, 0x62,
];
const SERVER = [0x90, 0x91, 0x92, 0x93, 0x96, 0x97, 0x98, 0x99, 0x9a, 0x9b, 0xa2, 0xa3];
