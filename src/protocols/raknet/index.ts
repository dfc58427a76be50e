/**
 * RakNet (RakNet manual and source, "message identifiers"; community's "RakNet protocol"): offline messages carry the magic
 * 00FFFF00 FEFEFEFE FDFDFDFD 12345678. Connected: frame sets (80–8D) of whole frames, acknowledgements (C0, A0) of ranges.
 */

import type { Cursor } from '../../decode/cursor.ts';
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

/** Roblox' variant opens connections with an identifier of its own. */
const ROBLOX_OPEN = 0x7b;
const ROBLOX = 346;
const FIRST = [1, 2, ROBLOX_OPEN, 5, 6, 7, 8, 0x1c, 0xa0, 0xc0, 0x80, 0x84, 0x88, 0x8c];

export const raknet: Protocol = {
  id: 286,
  name: 'RakNet',
  udp: { first: FIRST, firstServer: FIRST, look },
};

/** Packets of acknowledgements or frames that have to fit when no magic was seen. */
const ENOUGH = 3;

function look(view: View) {
  const { c } = view;
  const id = c.peek8(0);
  if (magicAt(c, 1)) {
    if (id === ROBLOX_OPEN) view.master = ROBLOX;
    return YES;
  }
  if (magicAt(c, 9) || magicAt(c, 17)) return YES;
  if (id === 0x1c) return pong(c) ? YES : NO;
  const acknowledges = id === 0xc0 || id === 0xa0;
  if (!(acknowledges ? acknowledgement(c) : id >= 0x80 && id <= 0x8d && frames(c))) return NO;
  return view.packet >= ENOUGH || (acknowledges && c.length >= 20) ? YES : MORE;
}

function magicAt(c: Cursor, at: number): boolean {
  return c.peek32(at) === 0x00ffff00 && c.peek32(at + 4) === 0xfefefefe && c.peek32(at + 12) === 0x12345678;
}

/** Unconnected pong, perhaps with a game's own magic: time, GUID, magic, a printable string that ends the datagram. */
function pong(c: Cursor): boolean {
  if (c.length < 36 || c.peek16(33) !== c.length - 35) return false;
  for (let at = 35; at < c.length; at++) if (c.peek8(at) < 0x20) return false;
  return true;
}

/** Number of records, each single (1, number) or a range (0, first, last), to the datagram's end. */
function acknowledgement(c: Cursor): boolean {
  c.skip(1);
  const records = c.u16();
  if (records === 0 || records > 512) return false;
  for (let i = 0; i < records && !c.short; i++) {
    const single = c.u8();
    if (single > 1) return false;
    c.skip(single ? 3 : 6);
  }
  return !c.short && c.left === 0;
}

/** Sequence number, then frames: flags (reliability in the high three bits, 10 split), length in bits, indexes, data. */
function frames(c: Cursor): boolean {
  c.skip(4);
  let count = 0;
  while (c.left > 0 && count < 64) {
    const flags = c.u8();
    const reliability = flags >> 5;
    const bits = c.u16();
    if (flags & 0x0f || bits === 0) return false;
    if (reliability === 2 || reliability === 3 || reliability === 4 || reliability === 6 || reliability === 7)
      c.skip(3);
    if (reliability === 1 || reliability === 4) c.skip(3);
    if (reliability === 1 || reliability === 3 || reliability === 4 || reliability === 7) c.skip(4);
    if (flags & 0x10) c.skip(10);
    c.skip((bits + 7) >> 3);
    if (c.short) return false;
    count++;
  }
  return count > 0 && c.left === 0;
}
