/** What a plugin costs: a bounded histogram of call times, its share of a core over the last minute, counters. */

/** Buckets grow by a quarter power of two: 0.25 µs to 8 s in 100 steps, each answer within 19 %. */
const BUCKETS = 100;
const PER_OCTAVE = 4;
const FIRST_US = 0.25;
/** Seconds over which the share of a core is taken. */
export const WINDOW_S = 60;

export class Meter {
  calls = 0;
  errors = 0;
  skipped = 0;
  alerts = 0;
  #buckets = new Uint32Array(BUCKETS);
  #total = 0;
  #seconds = new Float64Array(WINDOW_S);
  #second = 0;
  /** Milliseconds spent in the window. */
  #window = 0;

  /** Books one call of `ms` that ended at `nowMs` (a monotonic clock). `booked` false: its share of the core is already. */
  add(ms: number, nowMs: number, booked = true): void {
    this.calls++;
    const step = Math.floor(Math.log2((ms * 1000) / FIRST_US) * PER_OCTAVE);
    this.#buckets[step < 0 ? 0 : step >= BUCKETS ? BUCKETS - 1 : step]!++;
    // Old calls fade: the quantiles speak of the last hundred thousand or so.
    if (++this.#total >= 200_000) {
      this.#total = 0;
      for (let i = 0; i < BUCKETS; i++) this.#total += this.#buckets[i] = this.#buckets[i]! >> 1;
    }
    if (booked) this.book(ms, nowMs);
  }

  /** Time that was spent for the plugin but in no hook. */
  book(ms: number, nowMs: number): void {
    this.#turn(nowMs);
    this.#seconds[this.#second % WINDOW_S]! += ms;
    this.#window += ms;
  }

  #turn(nowMs: number): void {
    const second = Math.floor(nowMs / 1000);
    if (second <= this.#second) return;
    const steps = Math.min(second - this.#second, WINDOW_S);
    for (let i = 1; i <= steps; i++) {
      const slot = (second - steps + i) % WINDOW_S;
      this.#window -= this.#seconds[slot]!;
      this.#seconds[slot] = 0;
    }
    this.#second = second;
    if (this.#window < 0) this.#window = 0;
  }

  /** Share of one core over the last minute, 0..100. */
  corePercent(nowMs: number): number {
    this.#turn(nowMs);
    return Math.min(100, (this.#window / (WINDOW_S * 1000)) * 100);
  }
  /** Forgets the window: after a pause the share begins anew. */
  forgive(): void {
    this.#seconds.fill(0);
    this.#window = 0;
  }

  /** Microseconds below which the share `q` of the calls stayed; 0 without calls. */
  quantileUs(q: number): number {
    if (this.#total === 0) return 0;
    let left = q * this.#total;
    for (let i = 0; i < BUCKETS; i++) {
      left -= this.#buckets[i]!;
      if (left <= 0) return FIRST_US * 2 ** ((i + 1) / PER_OCTAVE);
    }
    return FIRST_US * 2 ** (BUCKETS / PER_OCTAVE);
  }
}

/** So many at once, so many a second. Refused ones are counted until someone asks. */
export class Bucket {
  #tokens: number;
  #atMs = 0;
  readonly burst: number;
  readonly perSecond: number;
  refused = 0;
  constructor(burst: number, perSecond: number) {
    this.burst = burst;
    this.perSecond = perSecond;
    this.#tokens = burst;
  }
  take(nowMs: number): boolean {
    const gone = nowMs - this.#atMs;
    if (gone > 0) {
      this.#tokens = Math.min(this.burst, this.#tokens + (gone / 1000) * this.perSecond);
      this.#atMs = nowMs;
    }
    if (this.#tokens < 1) {
      this.refused++;
      return false;
    }
    this.#tokens--;
    return true;
  }
  /** How many were refused since the last call of this. */
  takeRefused(): number {
    const refused = this.refused;
    this.refused = 0;
    return refused;
  }
}
