/**
 * Protocol Buffers without an envelope (protobuf.dev, "Encoding"): fields of key and value, wire types 0, 1, 2 and 5, that
 * fill the datagram. Nothing marks them, so several datagrams in a row have to parse to their last byte.
 */

import type { Cursor } from '../../decode/cursor.ts';
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const protobuf: Protocol = {
  id: 353,
  name: 'Protobuf',
  udp: { look },
};

const ENOUGH = 4;
/** Least bytes of a datagram that proves something. */
const LEAST = 16;
const HIGHEST_FIELD = 64;

function look(view: View) {
  const { c } = view;
  if (c.length < LEAST || c.length !== view.wireLen || !message(c)) return NO;
  if (view.packet < ENOUGH) return MORE;
  view.byBehaviour = true;
  return YES;
}

function message(c: Cursor): boolean {
  let fields = 0;
  while (c.left > 0 && fields < 64) {
    const key = varint(c);
    const field = key >>> 3;
    if (field < 1 || field > HIGHEST_FIELD) return false;
    const type = key & 7;
    if (type === 0) varint(c);
    else if (type === 1) c.skip(8);
    else if (type === 2) c.skip(varint(c));
    else if (type === 5) c.skip(4);
    else return false;
    if (c.short) return false;
    fields++;
  }
  return fields >= 2;
}

/** Low 32 bits. */
function varint(c: Cursor): number {
  let value = 0;
  for (let shift = 0; shift < 70; shift += 7) {
    const byte = c.u8();
    if (shift < 32) value |= (byte & 0x7f) << shift;
    if (!(byte & 0x80)) return value >>> 0;
  }
  c.skip(c.left + 1);
  return 0;
}
