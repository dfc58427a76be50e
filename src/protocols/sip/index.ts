/**
 * SIP, RFC 3261 section 7.1: request line "METHOD uri SIP/2.0", status line "SIP/2.0 code …"; SDP in it (RFC 8866) says
 * where media will flow, which is told to the flows to come.
 */
import { DONE, MORE, NO, type Protocol, type View, YES } from '../kit.ts';
import { beginsWith, firstBytes } from '../words.ts';

const METHODS = [
  'invite ',
  'ack ',
  'bye ',
  'cancel ',
  'register ',
  'options ',
  'prack ',
  'subscribe ',
  'notify ',
  'publish ',
  'info ',
  'refer ',
  'message ',
  'update ',
];
const REPLY = ['sip/2.0 '];
const MAX_LINE = 1024;
const FIRST = [...firstBytes(METHODS, REPLY), 13, 10, 0];

export const sip: Protocol = {
  id: 100,
  name: 'SIP',
  udp: { ports: [5060, 5061], first: FIRST, firstServer: FIRST, look },
  tcp: { ports: [5060, 5061], first: FIRST, firstServer: FIRST, look },
  parse,
};

function look(view: View) {
  const { c } = view;
  const reply = beginsWith(c, REPLY);
  if (reply === YES) {
    const code = c.peek8(8);
    return code >= 0x31 && code <= 0x36 ? YES : NO;
  }
  const request = beginsWith(c, METHODS);
  if (request === YES) {
    const end = c.find(10, MAX_LINE);
    const within = end < 0 ? Math.min(c.left, MAX_LINE) : end;
    if (c.findText(' SIP/2.0', within) > 0) return YES;
    if (end >= 0) return NO;
    // A datagram that was cut short is believed by its URI.
    if (!view.tcp) return c.findText(' sip:', 32) > 0 || c.findText(' tel:', 32) > 0 ? YES : NO;
    return c.length < MAX_LINE ? MORE : NO;
  }
  if (view.tcp) return request === MORE || reply === MORE ? MORE : NO;
  // Keep-alives between registrations: CR LF CR LF, or zeros.
  return c.length <= 4 && view.packet < 12 ? MORE : NO;
}

const RTP = 87;
const RTCP = 165;

function parse(view: View) {
  const { c } = view;
  for (let n = 0; n < 64; n++) {
    const line = c.line(MAX_LINE);
    if (line === undefined) break;
    header(view, line);
  }
  return view.packet >= 8 ? DONE : MORE;
}

const address = new Int32Array(4);

function header(view: View, line: string): void {
  const lower = line.slice(0, 12).toLowerCase();
  if (lower.startsWith('from:')) view.more('sip.from', line.slice(5).trim());
  else if (lower.startsWith('to:')) view.more('sip.to', line.slice(3).trim());
  else if (lower.startsWith('user-agent:')) view.more('sip.user_agent', line.slice(11).trim());
  else if (lower.startsWith('c=in ip4 ')) ipv4(line.slice(9));
  else if (lower.startsWith('m=') && line.includes(' RTP/')) {
    const port = Number.parseInt(line.split(' ', 2)[1] ?? '', 10);
    if (port >= 1024 && port <= 65_534 && address[3] !== 0) {
      view.expectations.add(address, port, 17, RTP, RTP, view.timeMs);
      view.expectations.add(address, port + 1, 17, RTCP, RTCP, view.timeMs);
    }
  }
}

function ipv4(text: string): void {
  const parts = text.split('/', 1)[0]!.trim().split('.').map(Number);
  address.fill(0);
  if (parts.length === 4 && parts.every((part) => part >= 0 && part <= 255)) {
    address[3] = (parts[0]! << 24) | (parts[1]! << 16) | (parts[2]! << 8) | parts[3]!;
  }
}
