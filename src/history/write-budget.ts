/**
 * What a part may write to the card in a day. Writes are counted in whole pages, as the card does. Credit grows evenly with
 * a steady clock (the wall clock of a box without a battery jumps) up to half a day's worth; a start has an eighth, so that
 * a service that keeps dying writes little.
 */
const DAY_MS = 86_400_000;
export const PAGE = 4096;

/** Bytes of the pages that `length` bytes at `offset` touch. */
export const pagesOf = (offset: number, length: number): number =>
  length === 0 ? 0 : (Math.floor((offset + length - 1) / PAGE) - Math.floor(offset / PAGE) + 1) * PAGE;

export class WriteBudget {
  readonly perDay: number;
  readonly #now: () => number;
  #credit: number;
  #atMs: number;
  #dayFromMs: number;
  #today = 0;

  /** `now` in ms of a clock that never jumps. */
  constructor(perDay: number, now: () => number = () => performance.now()) {
    this.perDay = perDay;
    this.#now = now;
    this.#credit = perDay / 8;
    this.#atMs = this.#dayFromMs = now();
  }

  allows(bytes: number): boolean {
    this.#refill();
    return bytes <= this.#credit && this.#today + bytes <= this.perDay;
  }

  /** Counts a write. The owner's own words are written beyond the budget: credit then goes below zero. */
  spend(bytes: number): void {
    this.#refill();
    this.#credit -= bytes;
    this.#today += bytes;
  }

  /** Bytes since start or since the last full day of running. */
  get today(): number {
    this.#refill();
    return this.#today;
  }

  #refill(): void {
    const now = this.#now();
    this.#credit = Math.min(this.perDay / 2, this.#credit + ((now - this.#atMs) / DAY_MS) * this.perDay);
    this.#atMs = now;
    if (now - this.#dayFromMs >= DAY_MS) {
      this.#dayFromMs += Math.floor((now - this.#dayFromMs) / DAY_MS) * DAY_MS;
      this.#today = 0;
    }
  }
}
