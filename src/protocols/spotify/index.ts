/** Spotify: "SpotUdp0" between clients of one network; the access point's hello over TCP (00 04, length, protobuf 52 0a/0f). */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const spotify: Protocol = {
  id: 156,
  name: 'Spotify',
  udp: { ports: [57621], first: [0x53], look: lookUdp },
  tcp: { ports: [4070], first: [0x00], look: lookTcp },
};

function lookUdp({ c }: View) {
  return c.startsWith('SpotUdp') ? YES : NO;
}

/** Length is that of the whole message; the ClientHello's first field is build_info (10): 52, length, 50 (cpu), … */
function lookTcp({ c }: View) {
  if (c.length < 9) return c.length >= 2 && c.peek16(0) !== 0x0004 ? NO : MORE;
  if (c.peek16(0) !== 0x0004 || c.peek8(6) !== 0x52) return NO;
  const length = c.peek32(2);
  return length >= 64 &&
    length <= 2048 &&
    length >= c.length &&
    c.peek8(7) > 6 &&
    c.peek8(7) < 64 &&
    c.peek8(8) === 0x50
    ? YES
    : NO;
}
