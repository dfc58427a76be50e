/**
 * The only way to bytes. Every read is checked; a read past the end gives 0 (or -1 for peeks, "" for text) and sets
 * `short`, so a parser may read on and test `short` once. A cursor never allocates except where it returns text or bytes.
 */
export class Cursor {
  buf: Uint8Array = EMPTY;
  /** Next byte to read; absolute index in buf. */
  pos = 0;
  /** First index past the readable bytes. */
  end = 0;
  /** Where reset() goes back to. */
  start = 0;
  /** A read went past the end since the last set() or reset(). */
  short = false;

  /** Points the cursor at buf[pos, end); callers promise 0 <= pos <= end <= buf.length. */
  set(buf: Uint8Array, pos: number, end: number): this {
    this.buf = buf;
    this.pos = pos;
    this.start = pos;
    this.end = end;
    this.short = false;
    return this;
  }

  /** Same bytes as another cursor, from its start. */
  from(other: Cursor): this {
    return this.set(other.buf, other.start, other.end);
  }

  reset(): this {
    this.pos = this.start;
    this.short = false;
    return this;
  }

  /** Bytes left to read. */
  get left(): number {
    return this.end - this.pos;
  }

  /** All bytes between start and end. */
  get length(): number {
    return this.end - this.start;
  }

  /** True when n more bytes can be read. */
  has(n: number): boolean {
    return n >= 0 && this.end - this.pos >= n;
  }

  #past(): 0 {
    this.short = true;
    this.pos = this.end;
    return 0;
  }

  u8(): number {
    if (this.pos >= this.end) return this.#past();
    return this.buf[this.pos++]!;
  }

  u16(): number {
    const p = this.pos;
    if (this.end - p < 2) return this.#past();
    this.pos = p + 2;
    return (this.buf[p]! << 8) | this.buf[p + 1]!;
  }

  u24(): number {
    const p = this.pos;
    if (this.end - p < 3) return this.#past();
    this.pos = p + 3;
    return (this.buf[p]! << 16) | (this.buf[p + 1]! << 8) | this.buf[p + 2]!;
  }

  /** Unsigned. */
  u32(): number {
    return this.i32() >>> 0;
  }

  /** Same bits as u32 but signed: fits a small integer, for keys and comparisons. */
  i32(): number {
    const p = this.pos;
    if (this.end - p < 4) return this.#past();
    this.pos = p + 4;
    const b = this.buf;
    return (b[p]! << 24) | (b[p + 1]! << 16) | (b[p + 2]! << 8) | b[p + 3]!;
  }

  /** Exact to 2^53, then rounded. */
  u64(): number {
    const high = this.u32();
    return high * 4294967296 + this.u32();
  }

  u16le(): number {
    const p = this.pos;
    if (this.end - p < 2) return this.#past();
    this.pos = p + 2;
    return (this.buf[p + 1]! << 8) | this.buf[p]!;
  }

  u32le(): number {
    const p = this.pos;
    if (this.end - p < 4) return this.#past();
    this.pos = p + 4;
    const b = this.buf;
    return ((b[p + 3]! << 24) | (b[p + 2]! << 16) | (b[p + 1]! << 8) | b[p]!) >>> 0;
  }

  u64le(): number {
    const low = this.u32le();
    return this.u32le() * 4294967296 + low;
  }

  /** Moves on n bytes; past the end it stops there and sets short. */
  skip(n: number): this {
    if (n < 0 || this.end - this.pos < n) this.#past();
    else this.pos += n;
    return this;
  }

  /** Moves to `at` bytes behind start. */
  seek(at: number): this {
    this.pos = this.start;
    return this.skip(at);
  }

  /** Byte `at` bytes ahead of pos, or -1; does not move, does not set short. */
  peek8(at: number): number {
    const p = this.pos + at;
    return at >= 0 && p < this.end ? this.buf[p]! : -1;
  }

  peek16(at: number): number {
    const p = this.pos + at;
    return at >= 0 && p + 2 <= this.end ? (this.buf[p]! << 8) | this.buf[p + 1]! : -1;
  }

  peek24(at: number): number {
    const p = this.pos + at;
    return at >= 0 && p + 3 <= this.end ? (this.buf[p]! << 16) | (this.buf[p + 1]! << 8) | this.buf[p + 2]! : -1;
  }

  /** Unsigned, or -1. */
  peek32(at: number): number {
    const p = this.pos + at;
    const b = this.buf;
    return at >= 0 && p + 4 <= this.end ? ((b[p]! << 24) | (b[p + 1]! << 16) | (b[p + 2]! << 8) | b[p + 3]!) >>> 0 : -1;
  }

  peek16le(at: number): number {
    const p = this.pos + at;
    return at >= 0 && p + 2 <= this.end ? (this.buf[p + 1]! << 8) | this.buf[p]! : -1;
  }

  /** Unsigned, or -1. */
  peek32le(at: number): number {
    const p = this.pos + at;
    const b = this.buf;
    return at >= 0 && p + 4 <= this.end ? ((b[p + 3]! << 24) | (b[p + 2]! << 16) | (b[p + 1]! << 8) | b[p]!) >>> 0 : -1;
  }

  /** True when the text (ASCII) stands `at` bytes ahead. */
  startsWith(text: string, at = 0): boolean {
    const p = this.pos + at;
    if (at < 0 || p + text.length > this.end) return false;
    for (let i = 0; i < text.length; i++) if (this.buf[p + i] !== text.charCodeAt(i)) return false;
    return true;
  }

  /** startsWith without regard to ASCII case; `lower` is lower-case text. */
  startsWithNoCase(lower: string, at = 0): boolean {
    const p = this.pos + at;
    if (at < 0 || p + lower.length > this.end) return false;
    for (let i = 0; i < lower.length; i++) {
      let byte = this.buf[p + i]!;
      if (byte >= 65 && byte <= 90) byte += 32;
      if (byte !== lower.charCodeAt(i)) return false;
    }
    return true;
  }

  /** Distance from pos to the next such byte, looking at most `within` bytes ahead, or -1. */
  find(byte: number, within = this.end - this.pos): number {
    const stop = Math.min(this.end, this.pos + within);
    for (let p = this.pos; p < stop; p++) if (this.buf[p] === byte) return p - this.pos;
    return -1;
  }

  /** Distance from pos to the next occurrence of ASCII text within a bound, or -1. */
  findText(text: string, within = this.end - this.pos): number {
    const stop = Math.min(this.end, this.pos + within) - text.length;
    const first = text.charCodeAt(0);
    for (let p = this.pos; p <= stop; p++)
      if (this.buf[p] === first && this.startsWith(text, p - this.pos)) return p - this.pos;
    return -1;
  }

  /** Reads n bytes as one char per byte (hostile text stays visible); shorter when fewer are left, short is then set. */
  text(n: number): string {
    const take = Math.min(n, this.end - this.pos);
    if (take < n) this.short = true;
    if (take <= 0) return '';
    const from = this.pos;
    this.pos += take;
    // Into native code and back costs as much as ten characters one by one; a long text put together so is a tree of pieces.
    if (take >= 10) return latin1.call(this.buf, from, this.pos);
    let out = '';
    for (let i = from; i < this.pos; i++) out += String.fromCharCode(this.buf[i]!);
    return out;
  }

  /** Reads up to CR LF or LF, at most `max` bytes; undefined when no line end is there yet. Does not include the line end. */
  line(max = 4096): string | undefined {
    const n = this.find(10, max);
    if (n < 0) return undefined;
    const text = this.text(n > 0 && this.peek8(n - 1) === 13 ? n - 1 : n);
    this.skip(this.peek8(0) === 13 ? 2 : 1);
    return text;
  }

  /** A view of the next n bytes, moved past; empty and short when they are not all there. */
  bytes(n: number): Uint8Array {
    if (n < 0 || this.end - this.pos < n) {
      this.#past();
      return EMPTY;
    }
    const out = this.buf.subarray(this.pos, this.pos + n);
    this.pos += n;
    return out;
  }

  /** Points `out` at the next n bytes and moves past them; what is missing makes out shorter and this short. */
  sub(n: number, out: Cursor): Cursor {
    const take = Math.max(0, Math.min(n, this.end - this.pos));
    out.set(this.buf, this.pos, this.pos + take);
    this.pos += take;
    if (take < n) this.short = true;
    return out;
  }
}

const EMPTY = new Uint8Array(0);
const latin1 = Buffer.prototype.latin1Slice as (this: Uint8Array, start: number, end: number) => string;
