/** Kerberos 5, RFC 4120 section 5: an APPLICATION tag (10..15, 20..22, 25, 30), pvno 5, the message type; TCP: length in front. */
import { berEnter, berInteger, berLength } from '../ber.ts';
import { type Cursor, DONE, MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const kerberos: Protocol = {
  id: 111,
  name: 'Kerberos',
  udp: { ports: [88, 464], look: (view) => message(view.c) },
  tcp: { ports: [88, 464], first: [0x00], firstServer: [0x00], look: lookTcp },
  parse,
};

const TYPES = [10, 11, 12, 13, 14, 15, 20, 21, 22, 25, 30];

function lookTcp(view: View) {
  const { c } = view;
  if (c.length < 24) return c.length >= 2 && c.peek8(1) !== 0 ? NO : MORE;
  const length = c.u32();
  return length >= 16 && length <= 0xffff ? message(c) : NO;
}

/** [APPLICATION n] SEQUENCE { pvno [0 or 1] 5, msg-type [1 or 2] n, … } */
function message(c: Cursor) {
  const tag = c.u8();
  if (tag >> 5 !== 3 || !TYPES.includes(tag & 31)) return NO;
  if (berLength(c) < 8 || berEnter(c, 0x30) < 6) return NO;
  const context = c.peek8(0);
  if ((context !== 0xa0 && context !== 0xa1) || berEnter(c, context) !== 3 || berInteger(c) !== 5) return NO;
  if (berEnter(c, context + 1) !== 3) return NO;
  return berInteger(c) === (tag & 31) ? YES : NO;
}

/** The realm ([2] GeneralString in the request's body, [9] in an error) is found by its shape rather than by a full parse. */
function parse(view: View): typeof MORE | typeof DONE {
  const { c } = view;
  if (view.tcp && c.length < Math.min(4 + c.peek32(0), 1400) && view.packet < 8) return MORE;
  const end = Math.min(c.length, 1400);
  names(view, end);
  c.reset();
  for (let at = 8; at < end - 4; at++) {
    if (c.peek8(at) !== 0xa2 && c.peek8(at) !== 0xa9) continue;
    const length = c.peek8(at + 3);
    if (c.peek8(at + 2) !== 0x1b || c.peek8(at + 1) !== length + 2 || length > 120 || length === 0) continue;
    const realm = c.skip(at + 4).text(length);
    if (/^[\w.-]+$/.test(realm)) view.more('kerberos.realm', realm);
    break;
  }
  return DONE;
}

/**
 * The names in a request's body (section 5.4.1): cname [1], sname [3]; each a type and strings, of lengths below 128.
 * They stand in front of whatever is encrypted, so the first of each shape is the one.
 */
function names(view: View, end: number): void {
  const { c } = view;
  for (let at = 8; at < end - 14; at++) {
    const tag = c.peek8(at);
    if ((tag !== 0xa1 && tag !== 0xa3) || c.peek8(at + 2) !== 0x30 || c.peek32(at + 4) >>> 8 !== 0xa00302) continue;
    if (c.peek8(at + 7) !== 1 || c.peek8(at + 9) !== 0xa1 || c.peek8(at + 11) !== 0x30) continue;
    const parts: string[] = [];
    let left = c.peek8(at + 12);
    c.skip(at + 13);
    while (left > 2 && parts.length < 4 && c.u8() === 0x1b) {
      const length = c.u8();
      parts.push(c.text(Math.min(length, left - 2)));
      left -= 2 + length;
    }
    c.reset();
    const name = parts.join('/');
    if (/^[\x21-\x7e]+$/.test(name)) view.more(tag === 0xa1 ? 'kerberos.client' : 'kerberos.service', name);
  }
}
