/** RTP and RTCP headers, RFC 3550 sections 5.1 and 6.1, as far as one datagram, or two in a row, can tell. */
import type { Cursor } from '../../decode/cursor.ts';

/** RTCP: sender report, receiver report, source description, goodbye, application, feedback (RFC 4585), extended report. */
const isControl = (type: number) => type >= 200 && type <= 207;
/** Static payload types of RFC 3551 section 6, and the dynamic ones. */
const isPayload = (type: number) => type <= 34 || (type >= 71 && type < 72) || type >= 77;

/** A header of RTP at the cursor: version 2 and a payload type in use. */
export function isRtp(c: Cursor): boolean {
  const first = c.peek8(0);
  const second = c.peek8(1);
  return c.left >= 12 && first >> 6 === 2 && isPayload(second & 0x7f) && !(second >= 192 && second <= 223);
}

/** The later of two datagrams of one side goes on where the earlier was: same source and type, number and time a little on. */
export function goesOn(later: Cursor, earlier: Cursor): boolean {
  if (
    earlier.left < 12 ||
    later.peek32(8) !== earlier.peek32(8) ||
    (later.peek8(1) & 0x7f) !== (earlier.peek8(1) & 0x7f)
  )
    return false;
  const step = (later.peek16(2) - earlier.peek16(2)) & 0xffff;
  const time = (later.peek32(4) - earlier.peek32(4)) >>> 0;
  // Numbers count on by one but for losses; the clock runs at up to 90 kHz, and may stand still within a frame.
  return step >= 1 && step <= 16 && time < 90_000 * 8;
}

/**
 * A compound packet that fills the datagram, each of its parts in words; or its first part is a report and a trailer of
 * 14 bytes or less (SRTCP, RFC 3711 section 3.4) follows something unreadable.
 */
export function isRtcp(c: Cursor): boolean {
  const first = c.peek8(0);
  const type = c.peek8(1);
  if (c.left < 8 || first >> 6 !== 2 || !isControl(type)) return false;
  let at = 0;
  for (let parts = 0; parts < 16 && at + 4 <= c.left; parts++) {
    if (c.peek8(at) >> 6 !== 2 || !isControl(c.peek8(at + 1))) break;
    const length = (c.peek16(at + 2) + 1) * 4;
    if (length > c.left - at) break;
    at += length;
  }
  if (at === c.left) return true;
  if (type !== 200 && type !== 201) return false;
  return c.left >= 22 && c.peek16(2) * 4 + 4 <= c.left - 10 && c.peek32(4) !== 0;
}
