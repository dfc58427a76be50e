/**
 * The queue between the engine thread and the plugin worker: one producer, one consumer, in shared memory, entries of
 * any length up to a bound, never a wait on either side. An entry stays in place until the consumer has finished with
 * it, so that a worker that dies leaves it behind for the next one.
 */

/** Words of the control block (Int32). */
const HEAD = 0;
const TAIL = 1;
const SLEEPING = 2;
const QUEUED = 3;
const DONE = 4;
const CONTROL_BYTES = 64;

/** 4 MB hold about ten thousand flow events: two seconds of a busy office at line rate. */
export const RING_BYTES = 4 << 20;
/** An entry: a flow whose parser kept everything it may keep is below 24 kB. */
export const MAX_ENTRY = 32 << 10;

/** Bytes before the entry's own data: length, kind. */
export const ENTRY_HEADER = 8;
const PAD = 0;

export interface RingMemory {
  control: SharedArrayBuffer;
  data: SharedArrayBuffer;
}

export function createRing(bytes: number = RING_BYTES): RingMemory {
  return { control: new SharedArrayBuffer(CONTROL_BYTES), data: new SharedArrayBuffer(bytes) };
}

const align = (bytes: number): number => (bytes + 7) & ~7;

/** Views both sides use; offsets are bytes into the data. */
export class RingViews {
  readonly size: number;
  readonly i32: Int32Array;
  readonly f64: Float64Array;
  readonly u8: Uint8Array;
  readonly text: Buffer;
  readonly control: Int32Array;
  constructor(memory: RingMemory) {
    this.size = memory.data.byteLength;
    this.control = new Int32Array(memory.control);
    this.i32 = new Int32Array(memory.data);
    this.f64 = new Float64Array(memory.data);
    this.u8 = new Uint8Array(memory.data);
    this.text = Buffer.from(memory.data);
  }
  /** Entries put in and not finished. */
  pending(): number {
    return (Atomics.load(this.control, QUEUED) - Atomics.load(this.control, DONE)) | 0;
  }
  /** Entries finished since the start (wraps at 2^32). */
  done(): number {
    return Atomics.load(this.control, DONE);
  }
  queued(): number {
    return Atomics.load(this.control, QUEUED);
  }
}

export class RingWriter extends RingViews {
  #head = 0;
  /** Where entries may be written now; set by reserve(). */
  offset = 0;
  #entry = 0;
  #publish = 0;

  /**
   * Makes room for an entry of at most `bytes` of data. Returns false when there is none. On success data goes to
   * `offset`, 8-byte aligned, and commit() publishes it.
   */
  reserve(bytes: number): boolean {
    const need = align(bytes) + ENTRY_HEADER;
    const tail = Atomics.load(this.control, TAIL);
    const head = this.#head;
    if (need > MAX_ENTRY) return false;
    let at = head;
    if (head >= tail) {
      const atEnd = this.size - head;
      // The head never catches up with the tail: equal means empty.
      if (atEnd < need + ENTRY_HEADER) {
        if (tail <= need + ENTRY_HEADER) return false;
        this.i32[head >> 2] = atEnd;
        this.i32[(head >> 2) + 1] = PAD;
        at = 0;
      }
    } else if (tail - head <= need + ENTRY_HEADER) {
      return false;
    }
    this.#entry = at;
    this.offset = at + ENTRY_HEADER;
    return true;
  }

  /** Publishes the reserved entry with the bytes it really has. `kind` is not 0. */
  commit(kind: number, bytes: number): void {
    const length = align(bytes) + ENTRY_HEADER;
    this.i32[this.#entry >> 2] = length;
    this.i32[(this.#entry >> 2) + 1] = kind;
    this.#head = this.#entry + length;
    this.#publish = (this.#publish + 1) | 0;
    Atomics.store(this.control, QUEUED, this.#publish);
    Atomics.store(this.control, HEAD, this.#head);
  }

  /** True once after the consumer went to sleep: it must be woken by a message. */
  takeSleeper(): boolean {
    return Atomics.load(this.control, SLEEPING) === 1 && Atomics.compareExchange(this.control, SLEEPING, 1, 0) === 1;
  }
}

export class RingReader extends RingViews {
  #tail: number;
  #length = 0;
  /** Start of the current entry's data; valid until finish(). */
  offset = 0;
  /** Bytes of the current entry's data. */
  bytes = 0;

  constructor(memory: RingMemory) {
    super(memory);
    this.#tail = Atomics.load(this.control, TAIL);
  }

  /** Kind of the oldest entry, or 0 when the ring is empty. The same entry again until finish(). */
  next(): number {
    for (;;) {
      if (this.#tail === Atomics.load(this.control, HEAD)) return 0;
      const length = this.i32[this.#tail >> 2]!;
      const kind = this.i32[(this.#tail >> 2) + 1]!;
      if (kind === PAD) {
        this.#tail = 0;
        Atomics.store(this.control, TAIL, 0);
        continue;
      }
      this.#length = length;
      this.offset = this.#tail + ENTRY_HEADER;
      this.bytes = length - ENTRY_HEADER;
      return kind;
    }
  }

  finish(): void {
    this.#tail += this.#length;
    Atomics.store(this.control, TAIL, this.#tail);
    Atomics.add(this.control, DONE, 1);
  }

  /** Says that a message is needed to go on; false when something arrived meanwhile. */
  sleep(): boolean {
    Atomics.store(this.control, SLEEPING, 1);
    if (this.#tail === Atomics.load(this.control, HEAD)) return true;
    Atomics.store(this.control, SLEEPING, 0);
    return false;
  }
}
