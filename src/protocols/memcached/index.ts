/**
 * Memcached (doc/protocol.txt of the project; the binary protocol's 24-byte header, magic 0x80/0x81). Over UDP each
 * datagram has 8 bytes in front: request id, sequence number, count of datagrams, reserved 0.
 */
import { type Cursor, MORE, NO, type Protocol, type Verdict, type View, YES } from '../kit.ts';
import { beginsWith, firstBytes } from '../words.ts';

const COMMANDS = [
  'set ',
  'get ',
  'gets ',
  'gat ',
  'add ',
  'replace ',
  'append ',
  'prepend ',
  'cas ',
  'incr ',
  'decr ',
  'delete ',
  'touch ',
  'stats',
  'flush_all',
  'version\r\n',
  'verbosity ',
  'mn\r\n',
  'mg ',
  'ms ',
];
const REPLIES = [
  'stored\r\n',
  'not_stored\r\n',
  'exists\r\n',
  'not_found\r\n',
  'end\r\n',
  'value ',
  'stat ',
  'deleted\r\n',
  'touched\r\n',
  'version ',
  'ok\r\n',
  'client_error ',
  'server_error ',
  'error\r\n',
  'mn\r\n',
];
/** Replies that nobody else gives. */
const OWN = ['stored\r\n', 'not_stored\r\n', 'stat pid ', 'stat uptime '];

export const memcached: Protocol = {
  id: 40,
  name: 'Memcached',
  tcp: {
    ports: [11211],
    first: [...firstBytes(COMMANDS), 0x80],
    firstServer: [...firstBytes(REPLIES), 0x81],
    look: lookTcp,
  },
  udp: { ports: [11211], look: lookUdp },
};

function lookTcp(view: View) {
  const { c } = view;
  if (c.peek8(0) === 0x80 || c.peek8(0) === 0x81) return binary(c, view.port(11211));
  return text(view, c);
}

function lookUdp(view: View) {
  const { c } = view;
  if (!view.port(11211)) return NO;
  if (c.length < 10 || c.peek16(4) === 0 || c.peek16(2) >= c.peek16(4) || c.peek16(6) !== 0) return NO;
  c.skip(8);
  if (c.peek8(0) === 0x80 || c.peek8(0) === 0x81) return binary(c, true);
  return beginsWith(c, COMMANDS) === YES || beginsWith(c, REPLIES) === YES ? YES : NO;
}

function text(view: View, c: Cursor): Verdict {
  const verdict = beginsWith(c, view.fromClient ? COMMANDS : REPLIES);
  if (verdict !== YES || view.port(11211)) return verdict;
  if (!view.fromClient && beginsWith(c, OWN) === YES) return YES;
  if (view.other.length === 0) return MORE;
  return beginsWith(view.other, view.fromClient ? REPLIES : COMMANDS);
}

/** Header: magic, opcode, key length, extras length, data type 0, status, total body, opaque, CAS. */
function binary(c: Cursor, onPort: boolean): Verdict {
  if (c.left < 24) return onPort ? MORE : NO;
  if (c.peek8(1) > 0x50 || c.peek8(5) !== 0) return NO;
  const body = c.peek32(8);
  if (c.peek16(2) + c.peek8(4) > body || body > 0x0200_0000) return NO;
  return onPort ? YES : NO;
}
