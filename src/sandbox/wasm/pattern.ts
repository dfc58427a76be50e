/**
 * Lua patterns (Lua 5.4 manual, 6.4.1) with a budget of steps: the native matcher backtracks without ever looking at the
 * clock, so patterns that could take long on their subject come here.
 */
import { BorderError } from '../border.ts';

const MAX_CAPTURES = 32;
/** Recursion that Lua itself allows (MAXCCALLS in lstrlib.c). */
const MAX_DEPTH = 200;
const POSITION = -2;
const OPEN = -1;
const STEPS_PER_TICK = 20000;

const code = (c: string): number => c.charCodeAt(0);
const PERCENT = code('%');
const [LPAREN, RPAREN, LBRACKET, RBRACKET] = [code('('), code(')'), code('['), code(']')];
const [CARET, DOLLAR, DOT, MINUS, PLUS, STAR, QUESTION] = [...'^$.-+*?'].map(code) as [
  number,
  number,
  number,
  number,
  number,
  number,
  number,
];

/** A capture: text from start to end, or a position (1-based) when `end` is undefined. */
export interface Capture {
  start: number;
  end?: number;
}
export interface Match {
  start: number;
  end: number;
  /** The pattern's own; empty when it has none. */
  captures: Capture[];
}

const isDigit = (c: number): boolean => c >= 48 && c <= 57;
const isLower = (c: number): boolean => c >= 97 && c <= 122;
const isUpper = (c: number): boolean => c >= 65 && c <= 90;
const isAlnum = (c: number): boolean => isDigit(c) || isLower(c) || isUpper(c);
const isGraph = (c: number): boolean => c > 32 && c < 127;
const isHex = (c: number): boolean => isDigit(c) || (c >= 97 && c <= 102) || (c >= 65 && c <= 70);

/** Character classes of the C locale; `letter` in lower case. undefined: the letter stands for itself. */
function inClass(c: number, letter: string): boolean | undefined {
  switch (letter) {
    case 'a':
      return isLower(c) || isUpper(c);
    case 'c':
      return c < 32 || c === 127;
    case 'd':
      return isDigit(c);
    case 'g':
      return isGraph(c);
    case 'l':
      return isLower(c);
    case 'p':
      return isGraph(c) && !isAlnum(c);
    case 's':
      return c === 32 || (c >= 9 && c <= 13);
    case 'u':
      return isUpper(c);
    case 'w':
      return isAlnum(c);
    case 'x':
      return isHex(c);
    default:
      return undefined;
  }
}

export class Matcher {
  #s: Uint8Array;
  #p: Uint8Array;
  #tick: () => void;
  #steps = 0;
  #depth = 0;
  #level = 0;
  #start = new Int32Array(MAX_CAPTURES);
  #length = new Int32Array(MAX_CAPTURES);

  /** `tick` is called every 20,000 steps and may throw. */
  constructor(subject: Uint8Array, pattern: Uint8Array, tick: () => void) {
    this.#s = subject;
    this.#p = pattern;
    this.#tick = tick;
  }

  /**
   * First match at or after `from` that does not end at `notEnd`. `anchor`: whether a leading ^ anchors (it does not in
   * gmatch).
   */
  search(from: number, anchor: boolean, notEnd = -1): Match | undefined {
    const anchored = anchor && this.#p[0] === CARET;
    for (let at = from; at <= this.#s.length; at++) {
      this.#level = 0;
      this.#depth = 0;
      const end = this.#match(at, anchored ? 1 : 0);
      if (end !== -1 && end !== notEnd) return { start: at, end, captures: this.#captures() };
      if (anchored) return undefined;
    }
    return undefined;
  }

  #captures(): Capture[] {
    const found: Capture[] = [];
    for (let i = 0; i < this.#level; i++) {
      const length = this.#length[i]!;
      if (length === OPEN) throw new BorderError('unfinished capture');
      const at = this.#start[i]!;
      found.push(length === POSITION ? { start: at + 1 } : { start: at, end: at + length });
    }
    return found;
  }

  #step(): void {
    if (++this.#steps % STEPS_PER_TICK === 0) this.#tick();
  }

  /** End of the match of the pattern from `p` on the subject from `s`, or -1. */
  #match(s: number, p: number): number {
    if (++this.#depth > MAX_DEPTH) throw new BorderError('pattern too complex');
    const end = this.#items(s, p);
    this.#depth--;
    return end;
  }
  #items(from: number, fromPattern: number): number {
    const pattern = this.#p;
    let s = from;
    let p = fromPattern;
    while (p < pattern.length) {
      this.#step();
      const c = pattern[p]!;
      const next = pattern[p + 1];
      if (c === LPAREN) {
        return next === RPAREN ? this.#openCapture(s, p + 2, POSITION) : this.#openCapture(s, p + 1, OPEN);
      }
      if (c === RPAREN) return this.#closeCapture(s, p + 1);
      if (c === DOLLAR && p + 1 === pattern.length) return s === this.#s.length ? s : -1;
      if (c === PERCENT && next === 98) {
        s = this.#balance(s, p + 2);
        if (s === -1) return -1;
        p += 4;
        continue;
      }
      if (c === PERCENT && next === 102) {
        p += 2;
        if (pattern[p] !== LBRACKET) throw new BorderError("missing '[' after '%f' in pattern");
        const end = this.#classEnd(p);
        const before = s === 0 ? 0 : this.#s[s - 1]!;
        const after = s < this.#s.length ? this.#s[s]! : 0;
        if (this.#inSet(before, p, end - 1) || !this.#inSet(after, p, end - 1)) return -1;
        p = end;
        continue;
      }
      if (c === PERCENT && next !== undefined && isDigit(next)) {
        s = this.#backReference(s, next);
        if (s === -1) return -1;
        p += 2;
        continue;
      }
      const end = this.#classEnd(p);
      const suffix = pattern[end];
      if (suffix === STAR) return this.#expandMost(s, p, end, 0);
      if (suffix === PLUS) return this.#expandMost(s, p, end, 1);
      if (suffix === MINUS) return this.#expandLeast(s, p, end);
      if (suffix === QUESTION) {
        if (this.#single(s, p, end)) {
          const found = this.#match(s + 1, end + 1);
          if (found !== -1) return found;
        }
        p = end + 1;
        continue;
      }
      if (!this.#single(s, p, end)) return -1;
      s++;
      p = end;
    }
    return s;
  }

  #expandMost(s: number, p: number, end: number, least: number): number {
    let i = 0;
    while (this.#single(s + i, p, end)) {
      this.#step();
      i++;
    }
    for (; i >= least; i--) {
      const found = this.#match(s + i, end + 1);
      if (found !== -1) return found;
    }
    return -1;
  }
  #expandLeast(s: number, p: number, end: number): number {
    for (let at = s; ; at++) {
      const found = this.#match(at, end + 1);
      if (found !== -1) return found;
      if (!this.#single(at, p, end)) return -1;
    }
  }

  #openCapture(s: number, p: number, what: number): number {
    if (this.#level >= MAX_CAPTURES) throw new BorderError('too many captures');
    this.#start[this.#level] = s;
    this.#length[this.#level] = what;
    this.#level++;
    const found = this.#match(s, p);
    if (found === -1) this.#level--;
    return found;
  }
  #closeCapture(s: number, p: number): number {
    let open = this.#level - 1;
    while (open >= 0 && this.#length[open] !== OPEN) open--;
    if (open < 0) throw new BorderError('invalid pattern capture');
    this.#length[open] = s - this.#start[open]!;
    const found = this.#match(s, p);
    if (found === -1) this.#length[open] = OPEN;
    return found;
  }
  #backReference(s: number, digit: number): number {
    const index = digit - 49;
    if (index < 0 || index >= this.#level || this.#length[index] === OPEN)
      throw new BorderError(`invalid capture index %${index + 1}`);
    const length = Math.max(this.#length[index]!, 0);
    const start = this.#start[index]!;
    if (this.#s.length - s < length) return -1;
    for (let i = 0; i < length; i++) {
      this.#step();
      if (this.#s[start + i] !== this.#s[s + i]) return -1;
    }
    return s + length;
  }
  #balance(s: number, p: number): number {
    const [open, close] = [this.#p[p], this.#p[p + 1]];
    if (open === undefined || close === undefined)
      throw new BorderError("malformed pattern (missing arguments to '%b')");
    if (s >= this.#s.length || this.#s[s] !== open) return -1;
    let depth = 1;
    for (let at = s + 1; at < this.#s.length; at++) {
      this.#step();
      const c = this.#s[at];
      if (c === close) {
        if (--depth === 0) return at + 1;
      } else if (c === open) depth++;
    }
    return -1;
  }

  /** Index behind the single-character class that begins at p. */
  #classEnd(from: number): number {
    const pattern = this.#p;
    let p = from + 1;
    if (pattern[from] === PERCENT) {
      if (p >= pattern.length) throw new BorderError("malformed pattern (ends with '%')");
      return p + 1;
    }
    if (pattern[from] !== LBRACKET) return p;
    if (pattern[p] === CARET) p++;
    do {
      if (p >= pattern.length) throw new BorderError("malformed pattern (missing ']')");
      if (pattern[p++] === PERCENT) p++;
    } while (pattern[p] !== RBRACKET);
    return p + 1;
  }
  #single(s: number, p: number, end: number): boolean {
    if (s >= this.#s.length) return false;
    const c = this.#s[s]!;
    const kind = this.#p[p]!;
    if (kind === DOT) return true;
    if (kind === PERCENT) return this.#escaped(c, this.#p[p + 1]!);
    if (kind === LBRACKET) return this.#inSet(c, p, end - 1);
    return kind === c;
  }
  #escaped(c: number, letter: number): boolean {
    const lower = letter | 0x20;
    const known = isLower(lower) ? inClass(c, String.fromCharCode(lower)) : undefined;
    if (known === undefined) return letter === c;
    return isUpper(letter) ? !known : known;
  }
  /** `p` at the '[', `close` at the ']'. */
  #inSet(c: number, from: number, close: number): boolean {
    const pattern = this.#p;
    let p = from + 1;
    const negated = pattern[p] === CARET;
    if (negated) p++;
    for (; p < close; p++) {
      this.#step();
      if (pattern[p] === PERCENT) {
        p++;
        if (this.#escaped(c, pattern[p]!)) return !negated;
      } else if (pattern[p + 1] === MINUS && p + 2 < close) {
        if (pattern[p]! <= c && c <= pattern[p + 2]!) return !negated;
        p += 2;
      } else if (pattern[p] === c) return !negated;
    }
    return negated;
  }
}

/** Upper bound of the steps the native matcher may take on `length` bytes. */
export function worstSteps(pattern: Uint8Array, length: number): number {
  let loops = pattern[0] === CARET ? 0 : 1;
  let choices = 0;
  for (let i = 0; i < pattern.length; i++) {
    const c = pattern[i]!;
    if (c === STAR || c === PLUS || c === MINUS) loops++;
    else if (c === QUESTION) choices++;
    else if (c === PERCENT) {
      const next = pattern[++i];
      if (next === 98 || (next !== undefined && isDigit(next))) loops++;
    }
  }
  return pattern.length * (length + 1) ** loops * 2 ** choices;
}

/** Index of `needle` at or after `from`, or -1; linear time (Knuth, Morris, Pratt). */
export function indexOf(subject: Uint8Array, needle: Uint8Array, from: number): number {
  if (needle.length === 0) return from <= subject.length ? from : -1;
  const next = new Int32Array(needle.length + 1);
  for (let i = 1, k = 0; i < needle.length; i++) {
    while (k > 0 && needle[i] !== needle[k]) k = next[k]!;
    if (needle[i] === needle[k]) k++;
    next[i + 1] = k;
  }
  for (let i = from, k = 0; i < subject.length; i++) {
    while (k > 0 && subject[i] !== needle[k]) k = next[k]!;
    if (subject[i] === needle[k]) k++;
    if (k === needle.length) return i + 1 - k;
  }
  return -1;
}
