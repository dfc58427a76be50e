/**
 * IEEE 802.11 data frames (section 9.3.2) and the radiotap header before them (radiotap.org): as far as they are not
 * encrypted. Management and control frames bear no IP.
 */
import { count, counter } from './counters.ts';
import type { Cursor } from './cursor.ts';
import { decodeLlc } from './link.ts';
import type { Packet } from './packet.ts';

const RADIOTAP = counter('decode.radiotap.bad_header');
const SHORT = counter('decode.wlan.too_short');
const NOT_DATA = counter('decode.wlan.no_data');
const PROTECTED = counter('decode.wlan.encrypted');
const AGGREGATE = counter('decode.wlan.aggregate');

/** Words of present bits; each further one is announced by bit 31. */
const MAX_PRESENT = 8;

export function decodeRadiotap(c: Cursor, p: Packet): boolean {
  const length = c.peek16le(2);
  if (c.peek8(0) !== 0 || length < 8 || !c.has(length)) {
    count(RADIOTAP);
    return false;
  }
  const padded = (radiotapFlags(c, length) & 0x20) !== 0;
  return decodeWlan(c.skip(length), p, padded);
}

/** The field "flags" (bit 1), which a time stamp (bit 0, aligned to 8) may precede; 0 where there is none. */
function radiotapFlags(c: Cursor, length: number): number {
  const present = c.peek32le(4);
  if ((present & 2) === 0) return 0;
  let at = 4;
  for (let n = 0, word = present; n < MAX_PRESENT; n++) {
    at += 4;
    if (word < 0x80000000) break;
    word = c.peek32le(at);
  }
  if (present & 1) at = ((at + 7) & ~7) + 8;
  return at < length ? Math.max(0, c.peek8(at)) : 0;
}

/** A frame at the cursor; `padded` says that its header is filled up to a multiple of four. */
export function decodeWlan(c: Cursor, p: Packet, padded: boolean): boolean {
  return decodeWlanFrame(c, p, c.peek8(0), c.peek8(1), padded);
}

/** The same with its two bytes of frame control given: some controllers send them the other way round. */
export function decodeWlanFrame(c: Cursor, p: Packet, control: number, flags: number, padded: boolean): boolean {
  if (!c.has(24)) {
    count(SHORT);
    return false;
  }
  // Version 0, type 2; the subtypes with bit 2 carry no data.
  if ((control & 0x0f) !== 0x08 || control & 0x40) {
    count(NOT_DATA);
    return false;
  }
  if (flags & 0x40) {
    count(PROTECTED);
    return false;
  }
  const toDs = (flags & 1) !== 0;
  const fromDs = (flags & 2) !== 0;
  // Fragment numbers are not looked at: controllers leave old ones in whole frames, and a later fragment has no LLC.
  // Only between stations destination and source lie side by side in our order.
  if (!toDs && !fromDs) p.macAt = c.pos + 4;
  let header = toDs && fromDs ? 30 : 24;
  if (control & 0x80) {
    // An aggregate of several has their lengths between: A-MSDU, bit 7 of QoS control.
    if (c.peek8(header) & 0x80) {
      count(AGGREGATE);
      return false;
    }
    header += flags & 0x80 ? 6 : 2;
  }
  if (padded) header = (header + 3) & ~3;
  return decodeLlc(c.skip(header), p);
}
