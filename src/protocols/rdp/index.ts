/**
 * Remote Desktop, [MS-RDPBCGR] 2.2.1.1 and 2.2.1.2: X.224 connection request and confirm behind a TPKT header, and
 * [MS-RDPEUDP] 2.2.2: the SYN datagram of its UDP transport.
 */
import { DONE, MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const rdp: Protocol = {
  id: 88,
  name: 'RDP',
  tcp: { ports: [3389], first: [0x03], firstServer: [0x03], look: lookTcp },
  udp: { ports: [3389], first: [0xff, 0x00], look: lookUdp },
  parse,
};

const REQUEST = 0xe0;
const CONFIRM = 0xd0;

/** Cookie, negotiation request (type 1, length 8) or response (2 or 3), or nothing more on RDP's port. */
function lookTcp(view: View) {
  const { c } = view;
  if (c.length < 11) return c.length >= 2 && c.peek16(0) !== 0x0300 ? NO : MORE;
  const length = c.peek16(2);
  if (c.peek16(0) !== 0x0300 || length < 11 || length > 512 || c.peek8(4) !== length - 5) return NO;
  const type = c.peek8(5);
  if (type !== REQUEST && type !== CONFIRM) return NO;
  if (length === 11) return view.port(3389) ? YES : NO;
  if (c.length < 19) return MORE;
  if (type === REQUEST && (c.startsWith('Cookie: ', 11) || c.findText('Cookie: msts', 256) > 0)) return YES;
  const negotiation = c.peek8(11);
  const named = type === REQUEST ? negotiation === 1 || negotiation === 6 : negotiation === 2 || negotiation === 3;
  return named && c.peek16le(13) === 8 ? YES : NO;
}

/** snSourceAck -1, receive window, SYN flag, and the padding up to the maximum transmission unit. */
function lookUdp(view: View) {
  const { c } = view;
  if (!view.port(3389)) return NO;
  return c.peek32(0) === 0xffffffff && c.peek16(4) > 0 && (c.peek16(6) & 0x0001) === 1 && c.length >= 1000
    ? YES
    : view.packet < 3
      ? MORE
      : NO;
}

function parse(view: View): typeof MORE | typeof DONE {
  const { c } = view;
  if (!view.tcp || !view.fromClient) return DONE;
  // TPKT's length (RFC 1006 section 6): the cookie stands in the first packet.
  if (c.length < Math.min(c.peek16(2), 512) && view.packet < 6) return MORE;
  const at = c.findText('mstshash=', 128);
  if (at > 0) {
    const name = c.skip(at + 9).line(128);
    if (name) view.more('rdp.user', name);
  }
  return DONE;
}
