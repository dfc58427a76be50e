/** Helpers for protocols whose messages begin with words. */
import type { Cursor } from '../decode/cursor.ts';
import { MORE, NO, type Verdict, YES } from './protocol.ts';

/** YES when one of the words (lower case; any case is read) stands at the cursor, MORE while one may still come, else NO. */
export function beginsWith(c: Cursor, words: readonly string[]): Verdict {
  let verdict: Verdict = NO;
  for (const word of words) {
    const there = Math.min(c.left, word.length);
    let i = 0;
    while (i < there && lower(c.buf[c.pos + i]!) === word.charCodeAt(i)) i++;
    if (i < there) continue;
    if (there === word.length) return YES;
    verdict = MORE;
  }
  return verdict;
}

const lower = (byte: number) => (byte >= 65 && byte <= 90 ? byte + 32 : byte);

/** First bytes, in both cases, of the words; for Detector.first. */
export function firstBytes(...lists: (readonly string[])[]): number[] {
  const bytes = new Set<number>();
  for (const word of lists.flat()) {
    bytes.add(word.toLowerCase().charCodeAt(0));
    bytes.add(word.toUpperCase().charCodeAt(0));
  }
  return [...bytes];
}

/** True when the lower-case text occurs, in any case, within the next `within` bytes. */
export function containsNoCase(c: Cursor, text: string, within = c.left): boolean {
  const last = Math.min(c.left, within) - text.length;
  for (let at = 0; at <= last; at++) if (c.startsWithNoCase(text, at)) return true;
  return false;
}

/** True for printable ASCII, tab, CR and LF. */
export const isText = (byte: number) => (byte >= 32 && byte < 127) || byte === 9 || byte === 10 || byte === 13;

/** True when the next n bytes (or all that are there) are printable ASCII or line ends. */
export function textual(c: Cursor, n: number): boolean {
  const end = Math.min(c.end, c.pos + n);
  for (let p = c.pos; p < end; p++) if (!isText(c.buf[p]!)) return false;
  return c.pos < end;
}
