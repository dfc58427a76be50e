/**
 * The TLS record layer (RFC 8446 section 5.1, RFC 5246 section 6.2): walks the records of one side's stream and puts the
 * handshake messages together, however they were cut into records and segments.
 */
import type { Cursor } from '../kit.ts';

export const CONTENT = {
  CHANGE_CIPHER_SPEC: 20,
  ALERT: 21,
  HANDSHAKE: 22,
  APPLICATION_DATA: 23,
  HEARTBEAT: 24,
} as const;
const MAX_RECORDS = 64;
/** One handshake flight is not longer than what a stream prefix may hold. */
const scratch = new Uint8Array(32_768);

export interface Flight {
  /** Handshake bytes in `buf[0, length)`, to be read before the next call of readFlight. */
  buf: Uint8Array;
  length: number;
  /** ChangeCipherSpec or application data came: the handshake of this side is encrypted from here. */
  encrypted: boolean;
  /** A fatal alert in clear, its description (RFC 8446 section 6); -1 when there was none. */
  fatalAlert: number;
  /** The bytes stopped being TLS records. */
  broken: boolean;
  /** Whole records seen. */
  records: number;
  /** Version in the first record's header. */
  version: number;
}

const flight: Flight = {
  buf: scratch,
  length: 0,
  encrypted: false,
  fatalAlert: -1,
  broken: false,
  records: 0,
  version: 0,
};

/** True when a record header can be: type 20 to 24, version SSL 3.0 to TLS 1.3, length of RFC 5246 section 6.2.3. */
export function recordHeader(c: Cursor, at = 0): boolean {
  const type = c.peek8(at);
  const version = c.peek16(at + 1);
  const length = c.peek16(at + 3);
  return type >= 20 && type <= 24 && version >= 0x0300 && version <= 0x0304 && length > 0 && length <= 16_384 + 2048;
}

/** Reads from the cursor's place. The result is one object that is used again. */
export function readFlight(c: Cursor): Flight {
  flight.length = 0;
  flight.encrypted = false;
  flight.fatalAlert = -1;
  flight.broken = false;
  flight.records = 0;
  flight.version = Math.max(0, c.peek16(1));
  for (let n = 0; n < MAX_RECORDS && c.left >= 5; n++) {
    if (!recordHeader(c)) {
      flight.broken = true;
      return flight;
    }
    const type = c.u8();
    c.skip(2);
    const length = c.u16();
    const have = Math.min(length, c.left);
    if (type === CONTENT.HANDSHAKE) {
      const take = Math.min(have, scratch.length - flight.length);
      scratch.set(c.buf.subarray(c.pos, c.pos + take), flight.length);
      flight.length += take;
    } else if (type === CONTENT.ALERT && have >= 2 && length === 2) {
      if (c.peek8(0) === 2) flight.fatalAlert = c.peek8(1);
    } else if (type === CONTENT.CHANGE_CIPHER_SPEC || type === CONTENT.APPLICATION_DATA) {
      flight.encrypted = true;
      return flight;
    }
    if (have < length) return flight;
    flight.records++;
    c.skip(length);
  }
  return flight;
}
