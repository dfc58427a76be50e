/**
 * Apache Thrift (thrift-binary-protocol.md, thrift-compact-protocol.md): strict binary 80 01 00 and type, length and name
 * of the method; compact 82, type and version 1, sequence, length, name; over TCP perhaps in a frame with its length.
 */

import type { Cursor } from '../../decode/cursor.ts';
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const thrift: Protocol = {
  id: 345,
  name: 'Thrift',
  tcp: { first: [0, 0x80, 0x82], firstServer: [0, 0x80, 0x82], look },
  udp: { first: [0x80, 0x82], firstServer: [0x80, 0x82], look },
};

function look(view: View) {
  const { c } = view;
  if (c.length < 12) return view.tcp ? MORE : NO;
  if (view.tcp && c.peek8(0) === 0) {
    if (c.peek32(0) > 0x100000) return NO;
    c.skip(4);
  }
  if (c.peek8(0) === 0x80) {
    if (c.peek24(0) !== 0x800100 || c.peek8(3) < 1 || c.peek8(3) > 4) return NO;
    c.skip(4);
    return named(c, c.u32());
  }
  const type = c.peek8(1) >> 5;
  if (c.u8() !== 0x82 || (c.u8() & 0x1f) !== 1 || type < 1 || type > 4) return NO;
  for (let bytes = 0; bytes < 5 && c.u8() & 0x80; bytes++);
  return named(c, c.u8());
}

/** A method's name: a letter, then letters, digits, underscore, dot, colon. */
function named(c: Cursor, length: number) {
  if (length < 1 || length > 127) return NO;
  if (c.left < length) return MORE;
  for (let i = 0; i < length; i++) {
    const byte = c.peek8(i);
    const letter = (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a) || byte === 0x5f;
    if (!letter && (i === 0 || !((byte >= 0x2e && byte <= 0x3a) || byte === 0x2d))) return NO;
  }
  return YES;
}
