/**
 * Oracle Net TNS (Oracle Net Services reference; header and Connect packet as Wireshark's packet-tns documents them):
 * length, checksum, type, flags, header checksum; Connect (1) goes on with version, lowest version, options, SDU, TDU.
 */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const oracle: Protocol = {
  id: 167,
  name: 'Oracle',
  tcp: { ports: [1521], first: [0, 1, 2, 3], firstServer: [0], look },
};

const TYPE = { CONNECT: 1, ACCEPT: 2, REFUSE: 4, REDIRECT: 5, RESEND: 11 } as const;
/** 3.0 and later; 21c speaks 3.19. */
const OLDEST = 300;
const NEWEST = 340;

function look(view: View) {
  const { c } = view;
  if (c.length < 8) return c.peek8(0) < 4 ? MORE : NO;
  const type = c.peek8(4);
  if (c.peek16(2) !== 0 || c.peek16(6) !== 0 || c.peek16(0) < 8) return NO;
  if (type === TYPE.CONNECT) {
    if (c.length < 34) return MORE;
    const version = c.peek16(8);
    const lowest = c.peek16(10);
    const dataAt = c.peek16(26);
    const plausible = version >= OLDEST && version <= NEWEST && lowest >= OLDEST && lowest <= version;
    return plausible && dataAt >= 34 && dataAt <= 0x200 ? YES : NO;
  }
  // What a server says proves little by itself: the request beside it, or the port, has to agree.
  if (type !== TYPE.ACCEPT && type !== TYPE.REFUSE && type !== TYPE.REDIRECT && type !== TYPE.RESEND) return NO;
  return view.port(1521) && c.peek16(0) <= c.length ? YES : MORE;
}
