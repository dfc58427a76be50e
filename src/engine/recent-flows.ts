/**
 * Flows that ended of late, kept as text in one block of memory: what a plugin that is not enabled yet is asked about. The
 * newest push the oldest out.
 */
import type { FlowRecord } from '../flows/record.ts';

/** A flow takes 700 to 1500 bytes: 8 MB hold about 8000 flows, which is a day or two of a home. */
export const RECENT_BYTES = 8 << 20;
/** A record that is larger (a parser that learned very much) is not kept. */
const MAX_RECORD = 64 << 10;

export class RecentFlows {
  #bytes: Buffer | undefined;
  readonly #size: number;
  /** Where each kept record begins and ends, oldest first; a power of two, indexed with the mask. */
  readonly #starts: Int32Array;
  readonly #ends: Int32Array;
  #first = 0;
  #last = 0;
  #at = 0;
  /** Records that were pushed out or too large. */
  dropped = 0;

  constructor(size = RECENT_BYTES, records = 1 << 15) {
    this.#size = size;
    this.#starts = new Int32Array(records);
    this.#ends = new Int32Array(records);
  }

  get count(): number {
    return this.#last - this.#first;
  }

  add(record: FlowRecord): void {
    const text = JSON.stringify(record);
    // A UTF-16 unit takes at most three bytes.
    const need = text.length * 3;
    if (need > MAX_RECORD || need > this.#size) {
      this.dropped++;
      return;
    }
    this.#bytes ??= Buffer.allocUnsafeSlow(this.#size);
    const mask = this.#starts.length - 1;
    let at = this.#at;
    if (at + need > this.#size) {
      // The rest of the block stays empty: what lies behind is older than what lies before.
      while (this.count > 0 && this.#starts[this.#first & mask]! >= at) this.#drop();
      at = 0;
    }
    while (this.count > 0 && this.#overlaps(at, at + need, mask)) this.#drop();
    if (this.count > mask) this.#drop();
    const end = at + this.#bytes.write(text, at, 'utf8');
    this.#starts[this.#last & mask] = at;
    this.#ends[this.#last & mask] = end;
    this.#last++;
    this.#at = end;
  }

  #overlaps(from: number, to: number, mask: number): boolean {
    const i = this.#first & mask;
    return this.#starts[i]! < to && this.#ends[i]! > from;
  }

  #drop(): void {
    this.#first++;
    this.dropped++;
  }

  /** All that are kept now, oldest first; copies, so that what is added meanwhile does no harm. */
  records(): { count: number; at(index: number): FlowRecord } {
    const mask = this.#starts.length - 1;
    const block = this.#bytes === undefined ? Buffer.alloc(0) : Buffer.from(this.#bytes);
    const spans = Array.from({ length: this.count }, (_, i) => {
      const n = (this.#first + i) & mask;
      return [this.#starts[n]!, this.#ends[n]!] as const;
    });
    return {
      count: spans.length,
      at: (index) => JSON.parse(block.toString('utf8', ...spans[index]!)) as FlowRecord,
    };
  }
}
