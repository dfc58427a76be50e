/**
 * Industrial protocols over ISO transport (RFC 1006 section 6: TPKT 3, 0, length; ITU-T X.224: connection request E0,
 * confirmation D0, data F0): S7 communication (user data begins with 32), S7 communication plus (72) and MMS
 * (ISO 9506-1 over ISO session, where the MMS abstract syntax 1.0.9506.2.1 is negotiated). The connection alone says
 * nothing: remote desktop and H.323 open theirs the same way.
 */

import type { Cursor } from '../../decode/cursor.ts';
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

const FIRST = [3];

export const s7comm: Protocol = {
  id: 249,
  name: 'S7Comm',
  tcp: { first: FIRST, firstServer: FIRST, look: ({ c }: View) => userData(c, isS7) },
};
export const s7commPlus: Protocol = {
  id: 361,
  name: 'S7CommPlus',
  tcp: { first: FIRST, firstServer: FIRST, look: ({ c }: View) => userData(c, isS7Plus) },
};
export const mms: Protocol = {
  id: 366,
  name: 'ISO9506-1-MMS',
  tcp: { first: FIRST, firstServer: FIRST, look: ({ c }: View) => userData(c, isMms) },
};

const PDU = { CONFIRM: 0xd0, REQUEST: 0xe0, DATA: 0xf0 } as const;

/** What the first data unit carries decides. */
function userData(c: Cursor, is: (c: Cursor, n: number) => boolean) {
  for (let units = 0; units < 4; units++) {
    if (c.left < 6) return c.left < 2 || c.peek16(0) === 0x0300 ? MORE : NO;
    const length = c.peek16(2);
    const header = c.peek8(4);
    if (c.peek16(0) !== 0x0300 || length < 7 || header < 2 || header + 5 > length) return NO;
    const pdu = c.peek8(5) & 0xf0;
    if (pdu === PDU.DATA) {
      if (c.left < Math.min(length, 1024)) return MORE;
      c.skip(header + 5);
      return is(c, length - header - 5) ? YES : NO;
    }
    if (pdu !== PDU.REQUEST && pdu !== PDU.CONFIRM) return NO;
    if (c.left < length) return MORE;
    c.skip(length);
  }
  return NO;
}

/** Protocol id, then job, acknowledgement, acknowledgement with data, user data; a reserved zero word. */
function isS7(c: Cursor, n: number): boolean {
  return n >= 10 && c.peek8(0) === 0x32 && [1, 2, 3, 7].includes(c.peek8(1)) && c.peek16(2) === 0;
}

/** Protocol id, version 1 to 3 (FE keep-alive, FF), length. */
function isS7Plus(c: Cursor, n: number): boolean {
  const version = c.peek8(1);
  return n >= 4 && c.peek8(0) === 0x72 && ((version >= 1 && version <= 3) || version >= 0xfe);
}

function isMms(c: Cursor, n: number): boolean {
  const kind = c.peek8(0);
  // Session CONNECT or ACCEPT: 28 CA 22 02 01 is 1.0.9506.2.1 in BER.
  if (kind === 0x0d || kind === 0x0e) return find(c, Math.min(n, 512));
  // Session GIVE TOKENS and DATA, presentation user data (61), context 3, an MMS choice.
  if (c.peek32(0) !== 0x01000100 || c.peek8(4) !== 0x61) return false;
  c.skip(5);
  berLength(c);
  if (c.u8() !== 0x30) return false;
  berLength(c);
  if (c.u24() !== 0x020103 || c.u8() !== 0xa0) return false;
  berLength(c);
  return !c.short && (c.peek8(0) & 0xe0) === 0xa0;
}

function find(c: Cursor, n: number): boolean {
  for (let at = 0; at + 5 <= n; at++) if (c.peek32(at) === 0x28ca2202 && c.peek8(at + 4) === 1) return true;
  return false;
}

function berLength(c: Cursor): void {
  const first = c.u8();
  if (first > 0x80) c.skip(first & 0x7f);
}
