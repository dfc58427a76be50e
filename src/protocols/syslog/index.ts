/**
 * Syslog, RFC 5424 section 6 ("<PRI>1 …") and RFC 3164 section 4.1 ("<PRI>Mmm dd …"); over TCP perhaps with the octet
 * count in front (RFC 6587 section 3.4.1).
 */
import { type Cursor, MORE, NO, type Protocol, type View, YES } from '../kit.ts';
import { textual } from '../words.ts';

const DIGITS = [0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39];
const PORTS = [514, 601, 6514];

export const syslog: Protocol = {
  id: 17,
  name: 'Syslog',
  udp: { ports: PORTS, first: [0x3c], look: lookUdp },
  tcp: { ports: PORTS, first: [0x3c, ...DIGITS], look: lookTcp },
};

function lookUdp(view: View) {
  return message(view.c, view.port(514));
}

function lookTcp(view: View) {
  const { c } = view;
  let counted = 0;
  while (isDigit(c.peek8(counted)) && counted < 6) counted++;
  if (counted > 0) {
    if (c.left <= counted) return MORE;
    if (c.peek8(counted) !== 0x20) return NO;
    c.skip(counted + 1);
  }
  if (c.left < 16) return c.left === 0 || c.peek8(0) === 0x3c ? MORE : NO;
  return message(c, view.port(514) || view.port(601));
}

const isDigit = (byte: number) => byte >= 0x30 && byte <= 0x39;

/** "<" one to three digits, at most 191, ">", then text that looks like a header or, on the port, like anything printable. */
function message(c: Cursor, onPort: boolean) {
  if (c.u8() !== 0x3c) return NO;
  let priority = 0;
  let digits = 0;
  for (; isDigit(c.peek8(0)) && digits < 3; digits++) priority = priority * 10 + c.u8() - 0x30;
  if (digits === 0 || priority > 191 || c.u8() !== 0x3e) return NO;
  if (!textual(c, 24)) return NO;
  if (onPort) return YES;
  if (c.startsWith('1 ')) return YES;
  return MONTHS.some((month) => c.startsWith(month)) ? YES : NO;
}

const MONTHS = ['Jan ', 'Feb ', 'Mar ', 'Apr ', 'May ', 'Jun ', 'Jul ', 'Aug ', 'Sep ', 'Oct ', 'Nov ', 'Dec '];
