/**
 * HPACK (RFC 7541) as far as a connection's first header block needs it: the static table, literals, Huffman coding. The
 * dynamic table is kept for the block that is read and no longer.
 */
import type { Cursor } from '../kit.ts';

/** Appendix A; names alone where there is no value. */
const STATIC: readonly (readonly [string, string])[] = (
  ':authority|:method GET|:method POST|:path /|:path /index.html|:scheme http|:scheme https|:status 200|:status 204|' +
  ':status 206|:status 304|:status 400|:status 404|:status 500|accept-charset|accept-encoding gzip, deflate|' +
  'accept-language|accept-ranges|accept|access-control-allow-origin|age|allow|authorization|cache-control|' +
  'content-disposition|content-encoding|content-language|content-length|content-location|content-range|content-type|' +
  'cookie|date|etag|expect|expires|from|host|if-match|if-modified-since|if-none-match|if-range|if-unmodified-since|' +
  'last-modified|link|location|max-forwards|proxy-authenticate|proxy-authorization|range|referer|refresh|retry-after|' +
  'server|set-cookie|strict-transport-security|transfer-encoding|user-agent|vary|via|www-authenticate'
)
  .split('|')
  .map((entry) => {
    const space = entry.indexOf(' ');
    return space < 0 ? ([entry, ''] as const) : ([entry.slice(0, space), entry.slice(space + 1)] as const);
  });

/** Appendix B: lengths of the codes of printable characters and NUL; within a length codes count up with the character. */
const LENGTHS: Readonly<Record<number, string>> = {
  5: '012aceiost',
  6: ' %-./3456789=A_bdfghlmnpru',
  7: ':BCDEFGHIJKLMNOPQRSTUVWYjkqvwxyz',
  8: '&*,;XZ',
  10: '!"()?',
  11: "'+|",
  12: '#>',
  13: '\0$@[]~',
  14: '^}',
  15: '<`{',
};
/** By length: the first code, and the characters from it on. */
const CODES: { first: number; characters: string }[] = [];
for (let length = 5, code = 0; length <= 15; length++, code <<= 1) {
  const characters = LENGTHS[length] ?? '';
  CODES[length] = { first: code, characters };
  code += characters.length;
}
const MOST_FIELDS = 64;
const MAX_VALUE = 1024;

/** Calls `field` for each field of the block under c, until its end or the first thing that cannot be read. */
export function readBlock(c: Cursor, field: (name: string, value: string) => void): void {
  const added: [string, string][] = [];
  const entry = (index: number) => STATIC[index - 1] ?? added[index - 1 - STATIC.length];
  for (let n = 0; n < MOST_FIELDS && c.left > 0 && !c.short; n++) {
    const first = c.peek8(0);
    if (first & 0x80) {
      const known = entry(integer(c, 7));
      if (!known) return;
      field(known[0], known[1]);
    } else if ((first & 0xe0) === 0x20) integer(c, 5);
    else {
      const indexed = (first & 0x40) !== 0;
      const index = integer(c, indexed ? 6 : 4);
      const name = index === 0 ? string(c) : entry(index)?.[0];
      const value = string(c);
      if (c.short || name === undefined) return;
      if (indexed) added.unshift([name, value]);
      field(name, value);
    }
  }
}

/** Section 5.1. */
function integer(c: Cursor, bits: number): number {
  const most = (1 << bits) - 1;
  let value = c.u8() & most;
  if (value < most) return value;
  for (let shift = 0; shift < 21; shift += 7) {
    const byte = c.u8();
    value += (byte & 0x7f) << shift;
    if (!(byte & 0x80)) break;
  }
  return value;
}

/** Section 5.2. */
function string(c: Cursor): string {
  const coded = (c.peek8(0) & 0x80) !== 0;
  const length = integer(c, 7);
  if (!c.has(length)) {
    c.skip(length);
    return '';
  }
  return coded ? huffman(c, length) : c.text(length).slice(0, MAX_VALUE);
}

/** Stops at a code that no printable character has. */
function huffman(c: Cursor, bytes: number): string {
  const end = c.pos + bytes;
  let text = '';
  let code = 0;
  let length = 0;
  for (; c.pos < end && text.length < MAX_VALUE; ) {
    const byte = c.u8();
    for (let bit = 7; bit >= 0; bit--) {
      code = (code << 1) | ((byte >> bit) & 1);
      const known = CODES[++length];
      const at = known ? code - known.first : -1;
      if (known && at >= 0 && at < known.characters.length) {
        text += known.characters[at]!;
        code = length = 0;
      } else if (length > 15) {
        c.skip(end - c.pos);
        return text;
      }
    }
  }
  c.skip(end - c.pos);
  return text;
}
