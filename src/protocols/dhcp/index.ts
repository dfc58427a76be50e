/** DHCP and BOOTP, RFC 2131 section 2, RFC 2132 (options): the magic cookie 63 82 53 63 at byte 236. */
import { type Cursor, DONE, MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const dhcp: Protocol = {
  id: 18,
  name: 'DHCP',
  udp: { ports: [67, 68], first: [1, 2], firstServer: [1, 2], look },
  parse,
};

const COOKIE = 0x63825363;
const OPTION = { HOST_NAME: 12, MESSAGE: 53, PARAMETERS: 55, VENDOR: 60, END: 255 } as const;

function look(view: View) {
  const { c } = view;
  if (c.peek32(236) !== COOKIE || c.peek8(0) > 2) return NO;
  // A server's message seen first (an offer to a relay, say) turns the flow round.
  if (c.peek8(0) === 2 && view.fromClient) view.speakerIsServer = true;
  return YES;
}

function parse(view: View) {
  const { c } = view;
  const fromHost = c.peek8(0) === 1;
  c.skip(240);
  const dhcpInfo = (view.info.dhcp ??= {});
  while (c.left > 1) {
    const option = c.u8();
    if (option === OPTION.END) break;
    if (option === 0) continue;
    const length = c.u8();
    if (length > c.left) break;
    if (option === OPTION.MESSAGE) dhcpInfo.message = c.peek8(0);
    if (fromHost) hostOption(view, option, length, c);
    c.skip(length);
  }
  return view.packet >= 4 ? DONE : MORE;
}

function hostOption(view: View, option: number, length: number, c: Cursor): void {
  const at = c.pos;
  const dhcpInfo = (view.info.dhcp ??= {});
  if (option === OPTION.HOST_NAME) {
    dhcpInfo.hostname = c.text(length);
    view.info.hostname = dhcpInfo.hostname.toLowerCase();
  } else if (option === OPTION.VENDOR) dhcpInfo.vendorClass = c.text(length);
  else if (option === OPTION.PARAMETERS) dhcpInfo.fingerprint = [...c.bytes(length)].join(',');
  c.pos = at;
}
