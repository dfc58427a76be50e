/** MySQL and MariaDB (MySQL internals, "Protocol::HandshakeV10"): 3-byte length, sequence 0, protocol 10 and a version text. */
import { DONE, MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const mysql: Protocol = {
  id: 20,
  name: 'MySQL',
  tcp: { ports: [3306], look },
  parse,
};

function look(view: View) {
  const { c } = view;
  if (view.fromClient && !view.midStream) return MORE;
  if (c.length < 6) return MORE;
  const length = c.peek32le(0) & 0xffffff;
  const sequence = c.peek8(3);
  if (sequence !== 0 || length < 10 || length > 1024) return NO;
  if (c.peek8(4) === 10) {
    // "5.7.31-log", "8.0.21", "5.5.5-10.3.8-MariaDB", ended by zero.
    const end = c.skip(5).find(0, 64);
    if (end < 0) return c.left < 64 ? MORE : NO;
    const digit = c.peek8(0);
    if (digit < 0x30 || digit > 0x39 || c.find(0x2e, 4) < 1) return NO;
    if (view.fromClient) view.speakerIsServer = true;
    return YES;
  }
  // An error instead of the greeting: 0xff, code 1040..1203, text ("Host … is blocked").
  const code = c.peek16le(5);
  return c.peek8(4) === 0xff && code >= 1000 && code < 2000 && c.length === length + 4 ? YES : NO;
}

function parse(view: View): typeof DONE {
  const { c } = view;
  if (c.peek8(4) === 10) {
    const end = c.skip(5).find(0, 64);
    if (end > 0) view.more('mysql.server', c.text(end));
  }
  return DONE;
}
