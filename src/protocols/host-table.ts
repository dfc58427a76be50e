/**
 * Host names to application ids. A line of the table is "pattern id"; comments begin with "#". Patterns:
 *
 *     example.com          the name and everything below it, by whole labels
 *     =example.com         this name alone
 *     maps.example.*       names that begin so; the star stands after "." or "-"
 *     *-cdn.example.com    names that end so; the star stands before "-"
 *     video*.example.com   names below example.com that begin so; one star, before a "."
 *
 * A line for the whole name wins; then the line with most labels; then the longer one; then the later one.
 */

/** Why a line was not taken: its number (from 1), its text (cut) and the reason. */
export interface BadLine {
  line: number;
  text: string;
  reason: string;
}

/** What a table accepts: lines that are more, or longer, are refused by number. Units: lines, characters. */
export interface HostTableLimits {
  lines: number;
  lineLength: number;
  /** The greatest id that exists. */
  id: number;
}

interface Entry {
  id: number;
  /** Labels first, then length: the greater wins. */
  weight: number;
}

interface Begin extends Entry {
  begin: string;
}

/** Names longer than a DNS name (RFC 1035 section 2.3.4) are looked up by their last part. */
const NAME_MAX = 253;
/** No begin or end pattern is longer; separators further in are not looked at. */
const AFFIX_MAX = 64;
const BAD_LINES_MAX = 100;
const NAME = /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/;

export class HostTable {
  readonly #limits: HostTableLimits;
  /** "example.com": the name and all below. Ids alone, for there are thousands: the weight follows from the name. */
  readonly #suffixes = new Map<string, number>();
  readonly #exact = new Map<string, Entry>();
  /** "maps.example.": with its last character. */
  readonly #begins = new Map<string, Entry>();
  /** "-cdn.example.com": with its first character. */
  readonly #ends = new Map<string, Entry>();
  /** By suffix: those whose first characters count as well. */
  readonly #between = new Map<string, Begin[]>();
  #longestBegin = 0;
  #taken = 0;

  constructor(limits: HostTableLimits) {
    this.#limits = limits;
  }

  /** Number of patterns. */
  get size(): number {
    let size = this.#suffixes.size + this.#exact.size + this.#begins.size + this.#ends.size;
    for (const begins of this.#between.values()) size += begins.length;
    return size;
  }

  /** Adds lines; of equal patterns the later wins. Returns what is not taken (the first 100), all others are. */
  add(text: string): BadLine[] {
    const bad: BadLine[] = [];
    const { lines, lineLength, id: highest } = this.#limits;
    let line = 0;
    for (let at = 0, end = 0; at < text.length; at = end + 1) {
      end = text.indexOf('\n', at);
      if (end < 0) end = text.length;
      line++;
      const content = text.slice(at, Math.min(end, at + lineLength + 1)).trim();
      if (!content || content.startsWith('#')) continue;
      if (this.#taken >= lines) {
        bad.push({
          line,
          text: content.slice(0, 80),
          reason: `more than ${lines} lines; this and the following are left out`,
        });
        break;
      }
      const reason =
        content.length > lineLength ? `longer than ${lineLength} characters` : this.#addLine(content, highest);
      if (!reason) this.#taken++;
      else if (bad.length < BAD_LINES_MAX) bad.push({ line, text: content.slice(0, 80), reason });
    }
    return bad;
  }

  clear(): void {
    for (const map of [this.#suffixes, this.#exact, this.#begins, this.#ends, this.#between]) map.clear();
    this.#longestBegin = 0;
    this.#taken = 0;
  }

  /** Application id for a host name in lower case without a dot at its end; 0 when there is none. */
  find(host: string): number {
    const name = host.length > NAME_MAX ? host.slice(-NAME_MAX) : host;
    const exact = this.#exact.get(name)?.id ?? this.#suffixes.get(name);
    if (exact !== undefined) return exact;
    let id = 0;
    let weight = 0;
    for (let dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
      const suffix = name.slice(dot + 1);
      for (const entry of this.#between.get(suffix) ?? NONE) {
        if (entry.weight > weight && name.startsWith(entry.begin)) ({ id, weight } = entry);
      }
      const known = this.#suffixes.get(suffix);
      if (known === undefined) continue;
      const own = weightOf(suffix);
      if (own > weight) [id, weight] = [known, own];
      break;
    }
    if (this.#ends.size) {
      for (let dash = name.indexOf('-'); dash >= 0; dash = name.indexOf('-', dash + 1)) {
        if (name.length - dash > AFFIX_MAX) continue;
        const entry = this.#ends.get(name.slice(dash));
        if (entry !== undefined && entry.weight > weight) ({ id, weight } = entry);
      }
    }
    const last = Math.min(this.#longestBegin, name.length);
    for (let i = 0; i < last; i++) {
      const c = name.charCodeAt(i);
      if (c !== DOT && c !== DASH) continue;
      const entry = this.#begins.get(name.slice(0, i + 1));
      if (entry !== undefined && entry.weight > weight) ({ id, weight } = entry);
    }
    return id;
  }

  /** The reason why not, "" when it was taken. */
  #addLine(content: string, highest: number): string {
    const space = content.indexOf(' ');
    const number = isPlain(content, space) ? smallNumber(content, space + 1) : 0;
    if (number > 0 && number <= highest) {
      this.#suffixes.set(content.slice(0, space), number);
      return '';
    }
    const match = /^(\S+)\s+(\S+)(?:\s+#.*)?$/.exec(content);
    if (!match) return 'not "host name, space, application id"';
    const pattern = match[1]!.toLowerCase();
    const id = /^\d{1,5}$/.test(match[2]!) ? Number(match[2]) : -1;
    if (id < 1 || id > highest) return `no application has the id ${match[2]!.slice(0, 20)}`;
    const star = pattern.indexOf('*');
    const name = pattern.startsWith('=') ? pattern.slice(1) : pattern.replace(/^\*?\./, '');
    const weight = weightOf(pattern);
    if (star < 0 || pattern.startsWith('*.')) {
      if (name.length > NAME_MAX || !NAME.test(name)) return 'not a host name';
      if (pattern.startsWith('=')) this.#exact.set(name, { id, weight });
      else this.#suffixes.set(name, id);
      return '';
    }
    if (pattern.length > AFFIX_MAX) return `a pattern with a star is longer than ${AFFIX_MAX} characters`;
    const begin = pattern.slice(0, star);
    const end = pattern.slice(star + 1);
    if (!end && /[.-]$/.test(begin) && NAME.test(begin.slice(0, -1))) {
      this.#begins.set(begin, { id, weight });
      this.#longestBegin = Math.max(this.#longestBegin, begin.length);
    } else if (!begin && end.startsWith('-') && NAME.test(end)) {
      this.#ends.set(end, { id, weight });
    } else if (begin && end.startsWith('.') && NAME.test(`${begin}${end}`)) {
      const suffix = end.slice(1);
      const begins = (this.#between.get(suffix) ?? []).filter((entry) => entry.begin !== begin);
      begins.push({ id, weight, begin });
      this.#between.set(suffix, begins);
    } else {
      return 'a star stands at the end after "." or "-", at the beginning before "-", or before a "."';
    }
    return '';
  }
}

const DOT = 0x2e;
const DASH = 0x2d;
const NONE: readonly Begin[] = [];

/** A dot beside the star makes no label, but it is text that was given. */
function weightOf(pattern: string): number {
  const text = pattern.replace(/[*=]/g, '');
  return text.replace(/^\.|\.$/g, '').split('.').length * 1024 + text.length;
}

/** A plain name is all of text[0, length); most lines are such, and a start reads thousands. */
function isPlain(text: string, length: number): boolean {
  if (length <= 0 || length > NAME_MAX) return false;
  let dot = true;
  for (let i = 0; i < length; i++) {
    const c = text.charCodeAt(i);
    if (c === DOT) {
      if (dot) return false;
    } else if (!((c >= 0x61 && c <= 0x7a) || (c >= 0x30 && c <= 0x39) || c === DASH || c === 0x5f)) return false;
    dot = c === DOT;
  }
  return !dot;
}

/** The digits from `at` to the text's end, 0 when there is something else. */
function smallNumber(text: string, at: number): number {
  if (text.length === at || text.length - at > 5) return 0;
  let number = 0;
  for (let i = at; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 0x30;
    if (digit < 0 || digit > 9) return 0;
    number = number * 10 + digit;
  }
  return number;
}
