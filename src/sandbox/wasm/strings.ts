/** Fences around string.find, match, gmatch, gsub and rep: what could take long natively goes to pattern.ts. */
import { BorderError } from '../border.ts';
import type { GuardContext, Native, Wrap } from './guards.ts';
import { indexOf, type Match, Matcher, worstSteps } from './pattern.ts';

/** Steps that a native match may take at worst: some milliseconds. */
const NATIVE_STEPS = 1_000_000;
/** Comparisons of bytes in one memchr/memcmp loop are that much cheaper. */
const PLAIN_STEPS = 20_000_000;
/** What is short enough to be judged without an object. */
const SHORT = 1024;
const SHORT_PATTERN = 32;
/** Repetitions, choices, %b and back references (the digits): what may be tried in many ways. */
const LOOPS = new Set(Buffer.from('*+-?b0123456789'));
const SPECIALS = new Set(Buffer.from('^$*+?.([%-'));
const T_STRING = 4;
const T_NUMBER = 3;
const T_NIL = 0;

/** The two strings a matching function works on, in the module's memory. */
interface Subject {
  at: number;
  text: Uint8Array;
  pattern: Uint8Array;
}

export function stringGuards(context: GuardContext): Record<string, Wrap> {
  const { me, frame, tick, slow } = context;
  const x = me.exports;

  /** Arguments 1 and 2; undefined when one is not text (the native function then says so). */
  const subject = (l: number): Subject | undefined => {
    for (const index of [1, 2]) {
      const type = x.lua_type(l, index);
      if (type === T_NUMBER) x.lua_tolstring(l, index, 0);
      else if (type !== T_STRING) return undefined;
    }
    const at = frame.addressAt(0);
    const patternAt = frame.addressAt(1);
    return {
      at,
      text: me.u8.subarray(at, at + frame.lengthAt(0)),
      pattern: me.u8.subarray(patternAt, patternAt + frame.lengthAt(1)),
    };
  };
  const cheap = ({ text, pattern }: Subject): boolean => worstSteps(pattern, text.length) <= NATIVE_STEPS;

  const start = (index: number, length: number): number => {
    const given = Math.trunc(frame.numberAt(index)) || 1;
    if (given > 0) return given - 1;
    return given < -length ? 0 : length + given;
  };
  /** Whole match or captures on the stack, as match and the callbacks of gsub get them. */
  const push = ({ at }: Subject, match: Match): number => {
    const { captures } = match;
    if (captures.length === 0) frame.bytes(at + match.start, match.end - match.start);
    for (const { start, end } of captures) {
      if (end === undefined) frame.number(start);
      else frame.bytes(at + start, end - start);
    }
    return Math.max(captures.length, 1);
  };
  const nothing = (): number => {
    frame.nil();
    return 1;
  };

  /** Two short texts that cannot take long: by far the most calls, told without making an object. Looks at `frame.l`. */
  const short = (): boolean => {
    const at = frame.addressAt(1);
    if (at === 0 || frame.addressAt(0) === 0) return false;
    const length = frame.lengthAt(0);
    const size = frame.lengthAt(1);
    if (length > SHORT || size > SHORT_PATTERN) return false;
    const { u8 } = me;
    // Each of these may try every length at every place; worstSteps() is exact, this is not less.
    let steps = size * (length + 1);
    for (let i = at; i < at + size; i++) if (LOOPS.has(u8[i]!)) steps *= length + 1;
    return steps <= NATIVE_STEPS;
  };

  const matching = (body: (l: number, of: Subject, native: Native) => number): Wrap => {
    return (native) => (l) => {
      const before = frame.l;
      frame.l = l;
      let failed: string;
      try {
        if (short()) return native(l);
        const of = subject(l);
        if (of === undefined) return native(l);
        tick(l);
        return body(l, of, native);
      } catch (e) {
        if (!(e instanceof BorderError)) throw e;
        failed = e.message;
      } finally {
        frame.l = before;
      }
      return context.raise(l, failed);
    };
  };

  const find = matching((l, of, native) => {
    const plain = frame.truthAt(3) || !of.pattern.some((c) => SPECIALS.has(c));
    if (plain ? of.text.length * of.pattern.length <= PLAIN_STEPS : cheap(of)) return native(l);
    const from = start(2, of.text.length);
    if (from > of.text.length) return nothing();
    if (plain) {
      const at = indexOf(of.text, of.pattern, from);
      if (at === -1) return nothing();
      frame.number(at + 1);
      frame.number(at + of.pattern.length);
      return 2;
    }
    const match = new Matcher(of.text, of.pattern, () => tick(l)).search(from, true);
    if (match === undefined) return nothing();
    frame.number(match.start + 1);
    frame.number(match.end);
    return 2 + (match.captures.length > 0 ? push(of, match) : 0);
  });

  const match = matching((l, of, native) => {
    if (cheap(of)) return native(l);
    const from = start(2, of.text.length);
    const found =
      from > of.text.length ? undefined : new Matcher(of.text, of.pattern, () => tick(l)).search(from, true);
    return found === undefined ? nothing() : push(of, found);
  });

  const iterating = (name: string): Wrap => matching((l, of, native) => (cheap(of) ? native(l) : slow(l, name)));

  /** scan(s, pattern, from, notEnd, anchor): start, end, captures or the whole; the base of slow.ts's gsub and gmatch. */
  const scan: Wrap = matching((l, of) => {
    const from = frame.numberAt(2) - 1;
    if (from > of.text.length) return 0;
    const found = new Matcher(of.text, of.pattern, () => tick(l)).search(from, frame.truthAt(4), frame.numberAt(3));
    if (found === undefined) return 0;
    frame.number(found.start + 1);
    frame.number(found.end);
    return 2 + push(of, found);
  });

  /** An empty string repeated 2^60 times is a loop that touches no memory. */
  const rep: Wrap = (native) => (l) => {
    tick(l);
    const before = frame.l;
    frame.l = l;
    const empty =
      frame.addressAt(0) !== 0 && frame.lengthAt(0) === 0 && (frame.addressAt(2) === 0 || frame.lengthAt(2) === 0);
    // A number as separator is text of at least one character; other types are the native function's to refuse.
    const separator = frame.count > 2 ? x.lua_type(l, 3) : T_NIL;
    frame.l = before;
    if (!empty || x.lua_type(l, 2) !== T_NUMBER || (separator !== T_NIL && separator !== T_STRING)) return native(l);
    x.lua_pushvalue(l, 1);
    return 1;
  };

  return {
    'string.find': find,
    'string.match': match,
    'string.gmatch': iterating('gmatch'),
    'string.gsub': iterating('gsub'),
    'string.rep': rep,
    __scan: scan,
  };
}
