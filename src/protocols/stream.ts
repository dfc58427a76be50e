/**
 * The beginning of one direction of a TCP stream, put together from segments in any order, within a bound.
 * RFC 9293 section 3.4: sequence numbers are modulo 2^32; offsets here are relative to the first byte.
 */
import { count, counter } from '../decode/counters.ts';

const FULL = counter('detect.stream.memory_full');
const GAP = counter('detect.stream.gap');

/** Separate pieces kept beyond a hole; a sender has at most a few segments in flight when a handshake is read. */
const MAX_PIECES = 8;
/** Segments beyond a hole after which the hole is believed to be a loss. */
const GAP_AFTER = 6;
/** A request, a segment, the first flight of a server, a chain of certificates, the most that is kept. */
const SIZES = [512, 1536, 4096, 12_288, 32_768] as const;
/** Buffers of each size that are kept for the next flow, half a megabyte of each: making one costs more than reading what it holds. */
const KEPT_BYTES = 512 << 10;

/** Lends buffers of a few sizes and keeps the books of their sum. */
export class BufferPool {
  readonly #limit: number;
  readonly #free: Uint8Array[][] = SIZES.map(() => []);
  lentBytes = 0;

  constructor(limitBytes: number) {
    this.#limit = limitBytes;
  }

  take(atLeast: number): Uint8Array | undefined {
    const size = SIZES.findIndex((s) => s >= atLeast);
    if (size < 0) return undefined;
    if (this.lentBytes + SIZES[size]! > this.#limit) {
      count(FULL);
      return undefined;
    }
    this.lentBytes += SIZES[size]!;
    return this.#free[size]!.pop() ?? new Uint8Array(SIZES[size]!);
  }

  give(buffer: Uint8Array): void {
    this.lentBytes -= buffer.length;
    const free = this.#free[SIZES.indexOf(buffer.length as (typeof SIZES)[number])]!;
    if (free.length * buffer.length < KEPT_BYTES) free.push(buffer);
  }
}

export class StreamPrefix {
  buf: Uint8Array | undefined;
  /** Contiguous bytes from the start. */
  length = 0;
  /** The stream was picked up in its middle, or a hole was given up. */
  midStream = false;
  /** No more can be kept. */
  full = false;
  #base = 0;
  #based = false;
  #pieces: number[] = [];
  #beyond = 0;

  /** The first payload byte has this sequence number (SYN seen). */
  startAt(seq: number): void {
    if (this.#based && this.length > 0) return;
    this.#base = seq | 0;
    this.#based = true;
  }

  /** Offset of a segment; the first one seen begins a stream whose SYN was not seen. */
  offset(seq: number, synSeen: boolean): number {
    if (!this.#based) {
      this.#based = true;
      this.#base = seq | 0;
      if (!synSeen) this.midStream = true;
    }
    let offset = (seq - this.#base) | 0;
    // Far off with nothing read yet: the SYN belonged to another try; begin here.
    if (this.length === 0 && this.#pieces.length === 0 && (offset > 1 << 20 || offset < -(1 << 20))) {
      this.#base = seq | 0;
      offset = 0;
    }
    return offset;
  }

  get empty(): boolean {
    return this.length === 0 && this.#pieces.length === 0;
  }

  /** Keeps buf[at, at+len) at `offset`. True when the contiguous part grew. */
  write(offset: number, buf: Uint8Array, at: number, len: number, pool: BufferPool, limit: number): boolean {
    let from = at;
    let start = offset;
    let end = Math.min(offset + len, limit);
    if (start < this.length) {
      from += this.length - start;
      start = this.length;
    }
    if (offset + len > limit) this.full = this.length >= limit || start <= this.length;
    if (end <= start) return false;
    if (!this.#room(end, pool, limit)) {
      this.full = true;
      end = Math.min(end, this.buf?.length ?? 0);
      if (end <= start) return false;
    }
    this.buf!.set(buf.subarray(from, from + end - start), start);
    if (start > this.length) return this.#beyondHole(start, end);
    this.length = end;
    this.#joinPieces();
    return true;
  }

  #beyondHole(start: number, end: number): boolean {
    if (this.#pieces.length < MAX_PIECES * 2) this.#pieces.push(start, end);
    if (++this.#beyond < GAP_AFTER) return false;
    // The hole will not be filled: what lies behind it is the stream from now on.
    count(GAP);
    let first = this.#pieces[0]!;
    for (let i = 2; i < this.#pieces.length; i += 2) first = Math.min(first, this.#pieces[i]!);
    this.buf!.copyWithin(0, first);
    this.#base = (this.#base + first) | 0;
    this.#pieces = this.#pieces.map((edge) => edge - first);
    this.length = 0;
    this.#beyond = 0;
    this.midStream = true;
    this.#joinPieces();
    return true;
  }

  #joinPieces(): void {
    for (let again = this.#pieces.length > 0; again; ) {
      again = false;
      for (let i = 0; i < this.#pieces.length; i += 2) {
        if (this.#pieces[i]! > this.length) continue;
        this.length = Math.max(this.length, this.#pieces[i + 1]!);
        this.#pieces.splice(i, 2);
        again = true;
        break;
      }
    }
    if (this.#pieces.length === 0) this.#beyond = 0;
  }

  #room(end: number, pool: BufferPool, limit: number): boolean {
    if (this.buf && this.buf.length >= end) return true;
    const larger = pool.take(Math.min(end, limit));
    if (!larger) return false;
    if (this.buf) {
      larger.set(this.buf);
      pool.give(this.buf);
    }
    this.buf = larger;
    return true;
  }

  release(pool: BufferPool): void {
    if (this.buf) pool.give(this.buf);
    this.buf = undefined;
    this.length = 0;
    this.midStream = false;
    this.full = false;
    this.#based = false;
    this.#base = 0;
    if (this.#pieces.length > 0) this.#pieces.length = 0;
    this.#beyond = 0;
  }
}
