/** DHCPv6, RFC 8415 section 8: message type 1..13 (and up to 36), transaction id, options; ports 546 and 547. */
import { type Cursor, DONE, NO, type Protocol, type View, YES } from '../kit.ts';

export const dhcpv6: Protocol = {
  id: 103,
  name: 'DHCPV6',
  udp: { ports: [546, 547], look },
  parse,
};

function look(view: View) {
  const { c } = view;
  if (!view.port(546) && !view.port(547)) return NO;
  const type = c.peek8(0);
  if (type < 1 || type > 36 || c.length < 4) return NO;
  return type === 12 || type === 13 || c.length === 4 || (c.peek16(4) < 256 && c.peek16(6) <= c.length - 8) ? YES : NO;
}

const OPTION_FQDN = 39;

function parse(view: View): typeof DONE {
  const { c } = view;
  c.skip(4);
  for (let n = 0; n < 32 && c.left >= 4; n++) {
    const option = c.u16();
    const length = c.u16();
    if (option === OPTION_FQDN && c.has(length)) {
      const name = domain(c);
      if (name) view.info.hostname = name;
      return DONE;
    }
    c.skip(length);
  }
  return DONE;
}

/** Flags, then labels. */
function domain(c: Cursor): string {
  c.skip(1);
  let name = '';
  for (let labels = 0; labels < 16; labels++) {
    const length = c.u8();
    if (length === 0 || length > 63 || !c.has(length)) break;
    name += (name ? '.' : '') + c.text(length);
  }
  return name;
}
