/** Tabular Data Stream, [MS-TDS] 2.2.3.1: type, status, length that is the packet's, SPID, packet number, window 0. */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const mssql: Protocol = {
  id: 114,
  name: 'MsSQL-TDS',
  tcp: {
    ports: [1433, 1434],
    first: [1, 3, 4, 6, 7, 14, 16, 17, 18],
    firstServer: [1, 3, 4, 6, 7, 14, 16, 17, 18],
    look,
  },
};

const PRELOGIN = 18;
const LOGIN7 = 16;

function look(view: View) {
  const { c } = view;
  if (c.length < 8) return c.length >= 2 && c.peek8(1) > 0x1f ? NO : MORE;
  const type = c.peek8(0);
  const status = c.peek8(1);
  const length = c.peek16(2);
  if (status > 0x1f || length < 8 || length > 32_768 || c.peek8(7) !== 0) return NO;
  if (view.port(1433)) return length >= Math.min(c.length, 9) ? YES : NO;
  if (status !== 1 || c.peek16(4) !== 0 || c.length < 14) return c.length < 14 ? MORE : NO;
  if (c.length < Math.min(length, 512)) return type === PRELOGIN || type === LOGIN7 ? MORE : NO;
  // Elsewhere the opening itself: the option VERSION at its offset, or the login's version.
  if (type === PRELOGIN)
    return c.length === length && c.peek8(8) === 0 && c.peek16(9) >= 11 && c.peek16(9) <= 64 && c.peek16(11) === 6
      ? YES
      : NO;
  return type === LOGIN7 && c.length >= 16 && c.peek32le(8) === length - 8 && (c.peek8(15) & 0xf0) === 0x70 ? YES : NO;
}
