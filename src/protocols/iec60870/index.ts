/**
 * IEC 60870-5-104 (section 5): APDU 68, length 4–253, four control octets: I format (even), S format (01 00), U format
 * (one function bit pair, three zeros). Elsewhere than on port 2404 a U format and its confirmation are asked for.
 */

import type { Cursor } from '../../decode/cursor.ts';
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const iec60870: Protocol = {
  id: 245,
  name: 'IEC60870',
  tcp: { ports: [2404], first: [0x68], firstServer: [0x68], look },
};

const UNNUMBERED = [0x07, 0x0b, 0x13, 0x23, 0x43, 0x83];

function look(view: View) {
  const { c } = view;
  if (c.length < 6) return c.peek8(0) === 0x68 ? MORE : NO;
  if (!apdu(c)) return NO;
  if (view.port(2404)) return YES;
  if (!unnumbered(c)) return NO;
  return view.other.length >= 6 ? (unnumbered(view.other) ? YES : NO) : MORE;
}

function apdu(c: Cursor): boolean {
  const length = c.peek8(1);
  if (c.peek8(0) !== 0x68 || length < 4 || length > 253) return false;
  const first = c.peek8(2);
  if ((first & 3) === 3) return length === 4 && unnumbered(c);
  if ((first & 3) === 1) return length === 4 && c.peek8(3) === 0 && (c.peek8(4) & 1) === 0;
  return length > 4 && (c.peek8(4) & 1) === 0;
}

function unnumbered(c: Cursor): boolean {
  return c.peek16(0) === 0x6804 && UNNUMBERED.includes(c.peek8(2)) && c.peek24(3) === 0;
}
