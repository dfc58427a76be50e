/**
 * Flows in the order in which they began, for making room in a full table: the oldest attempt that nobody answered goes
 * first, and is found without looking at the records of others. Packets never touch this; who was answered or has ended is
 * passed over when its turn comes.
 */

/** Entries passed over in one search; a table of talks that were all answered must not be walked for one new flow. */
const MOST_PASSED = 64;

export class Newcomers {
  readonly #limit: number;
  /** Flow number, and the low half of its id, which tells whether the number still means that flow. */
  readonly #ring: Int32Array;
  #head = 0;
  #size = 0;

  /** `limit`: flows that the table holds; of more beginnings than that the oldest are forgotten. */
  constructor(limit: number) {
    this.#limit = limit;
    this.#ring = new Int32Array(limit * 2);
  }

  add(f: number, id: number): void {
    if (this.#size === this.#limit) this.#drop();
    const at = ((this.#head + this.#size) % this.#limit) * 2;
    this.#ring[at] = f;
    this.#ring[at + 1] = id | 0;
    this.#size++;
  }

  /** Takes the oldest flow of which `unanswered` is true; -1 when there is none among the next. */
  take(unanswered: (f: number, id: number) => boolean): number {
    for (let i = 0; i < MOST_PASSED && this.#size > 0; i++) {
      const at = this.#head * 2;
      this.#drop();
      if (unanswered(this.#ring[at]!, this.#ring[at + 1]!)) return this.#ring[at]!;
    }
    return -1;
  }

  #drop(): void {
    this.#head = this.#head + 1 === this.#limit ? 0 : this.#head + 1;
    this.#size--;
  }
}
