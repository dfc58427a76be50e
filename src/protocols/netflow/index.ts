/** NetFlow 1, 5, 7 (Cisco), 9 (RFC 3954 section 5.1) and IPFIX (RFC 7011 section 3.1): version, count or length, export time. */
import { type Cursor, NO, type Protocol, type View, YES } from '../kit.ts';

export const netflow: Protocol = {
  id: 128,
  name: 'NetFlow',
  udp: { ports: [2055, 4739, 9995, 9996], first: [0x00], look },
};

/** Bytes of a record, and of the header, by version. */
const FIXED = new Map([
  [1, [16, 52]],
  [5, [24, 48]],
  [7, [24, 52]],
]);
/** 1996, when NetFlow came, and as far ahead as 32 bits go without a sign. */
const EARLIEST = 820_454_400;

function look({ c }: View) {
  const version = c.peek16(0);
  const count = c.peek16(2);
  if (c.length < 16 || count === 0) return NO;
  const fixed = FIXED.get(version);
  if (fixed) {
    const fits = count <= 30 && c.length === fixed[0]! + count * fixed[1]!;
    return fits && plausible(c.peek32(8)) ? YES : NO;
  }
  if (version === 9) return count <= 256 && c.length >= 24 && plausible(c.peek32(8)) && set(c, 20, 0) ? YES : NO;
  return version === 10 && count === c.length && plausible(c.peek32(4)) && set(c, 16, 2) ? YES : NO;
}

const plausible = (seconds: number) => seconds >= EARLIEST && seconds < 0x8000_0000;

/** The first set: templates (0 or 2, options 1 or 3) or data (256 on), with a length that fits. */
function set(c: Cursor, at: number, templates: number): boolean {
  const id = c.peek16(at);
  const length = c.peek16(at + 2);
  return (id === templates || id === templates + 1 || id >= 256) && length >= 4 && length <= c.length - at;
}
