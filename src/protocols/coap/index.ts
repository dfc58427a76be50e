/** CoAP, RFC 7252 section 3: version 1, token of at most 8 bytes, code class 0 (request), 2, 4 or 5 (response). */
import { type Cursor, DONE, MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const coap: Protocol = {
  id: 27,
  name: 'COAP',
  udp: { ports: [5683], look },
  parse,
};

function look(view: View) {
  const { c } = view;
  const head = c.peek8(0);
  const code = c.peek8(1);
  if (c.length < 4 || head >> 6 !== 1 || (head & 15) > 8 || !isCode(code)) return NO;
  const tokens = head & 15;
  if (code === 0) return c.length === 4 && view.port(5683) ? MORE : NO;
  if (c.length < 4 + tokens) return NO;
  const named = options(c.skip(4 + tokens));
  if (named < 0) return NO;
  if (view.port(5683)) return YES;
  // Elsewhere a request must name a path or a host, and have a token.
  return named > 0 && code < 8 && tokens > 0 ? YES : NO;
}

/** 0.01 to 0.07 (methods), 2.01 to 2.05 and 2.31, 4.00 to 4.15 and 4.29, 5.00 to 5.08. */
function isCode(code: number): boolean {
  const [group, detail] = [code >> 5, code & 31];
  if (group === 0) return detail <= 7;
  if (group === 2) return (detail >= 1 && detail <= 5) || detail === 31;
  return (group === 4 && (detail <= 15 || detail === 29)) || (group === 5 && detail <= 8);
}

/** Walks the options (section 3.1); answers how many are Uri-Path or Uri-Host, or -1 when they make no sense. */
function options(c: Cursor): number {
  let number = 0;
  let named = 0;
  for (let n = 0; n < 32 && c.left > 0; n++) {
    const byte = c.u8();
    if (byte === 0xff) return c.left > 0 ? named : -1;
    const delta = extended(c, byte >> 4);
    const length = extended(c, byte & 15);
    if (delta < 0 || length < 0 || length > c.left || length > 1034) return -1;
    number += delta;
    if (number === 0 || number > 2053) return -1;
    if (number === 11 || number === 3) {
      for (let i = 0; i < length; i++) if (c.peek8(i) < 0x20) return -1;
      named++;
    }
    c.skip(length);
  }
  return named;
}

function extended(c: Cursor, nibble: number): number {
  if (nibble === 15) return -1;
  if (nibble === 14) return c.u16() + 269;
  return nibble === 13 ? c.u8() + 13 : nibble;
}

function parse(view: View): typeof DONE {
  const { c } = view;
  c.skip(4 + (c.peek8(0) & 15));
  let number = 0;
  let path = '';
  while (c.left > 0 && path.length < 256) {
    const byte = c.u8();
    if (byte === 0xff) break;
    number += extended(c, byte >> 4);
    const length = extended(c, byte & 15);
    if (number === 11) path += `/${c.text(length)}`;
    else c.skip(Math.max(0, length));
  }
  if (path) view.more('coap.path', path);
  return DONE;
}
