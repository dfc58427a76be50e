/** Token buckets against guessing passwords, by address and by user; the table is bounded. */

interface Bucket {
  tokens: number;
  atMs: number;
}

export interface LimitRule {
  /** Failures in a row before it waits. */
  burst: number;
  /** One more try after this long. */
  refillMs: number;
}

export class Buckets {
  readonly #rule: LimitRule;
  readonly #bound: number;
  readonly #map = new Map<string, Bucket>();
  /** Keys thrown out because the table was full. */
  evicted = 0;

  constructor(rule: LimitRule, bound: number) {
    this.#rule = rule;
    this.#bound = bound;
  }

  get size(): number {
    return this.#map.size;
  }

  /** Milliseconds to wait before the next try; 0 = go ahead. */
  waitMs(key: string, nowMs: number): number {
    const bucket = this.#fill(key, nowMs);
    if (bucket === undefined || bucket.tokens >= 1) return 0;
    return Math.ceil((1 - bucket.tokens) * this.#rule.refillMs);
  }

  take(key: string, nowMs: number): void {
    const bucket = this.#fill(key, nowMs) ?? { tokens: this.#rule.burst, atMs: nowMs };
    bucket.tokens = Math.max(0, bucket.tokens - 1);
    this.#map.delete(key);
    if (this.#map.size >= this.#bound) {
      // The one that was silent longest is the first in a Map that re-inserts on each use.
      this.#map.delete(this.#map.keys().next().value!);
      this.evicted++;
    }
    this.#map.set(key, bucket);
  }

  clear(key: string): void {
    this.#map.delete(key);
  }

  #fill(key: string, nowMs: number): Bucket | undefined {
    const bucket = this.#map.get(key);
    if (bucket === undefined) return undefined;
    bucket.tokens += Math.max(0, nowMs - bucket.atMs) / this.#rule.refillMs;
    bucket.atMs = nowMs;
    if (bucket.tokens < this.#rule.burst) return bucket;
    this.#map.delete(key);
    return undefined;
  }
}

/**
 * An address has 5 tries, then one a minute. The user has 30 from everywhere, then one every 20 s; an address that signed
 * in before is not held back by what others try in the user's name, so nobody on the network can lock the owner out.
 */
export class LoginLimiter {
  readonly #byAddress = new Buckets({ burst: 5, refillMs: 60_000 }, 1024);
  readonly #byUser = new Buckets({ burst: 30, refillMs: 20_000 }, 64);
  readonly #now: () => number;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Milliseconds to wait; a try that may go ahead is counted as failed until `succeeded` says otherwise. */
  begin(address: string, user: string, knownAddress: boolean): number {
    const now = this.#now();
    const wait = Math.max(this.#byAddress.waitMs(address, now), knownAddress ? 0 : this.#byUser.waitMs(user, now));
    if (wait > 0) return wait;
    this.#byAddress.take(address, now);
    if (!knownAddress) this.#byUser.take(user, now);
    return 0;
  }

  succeeded(address: string): void {
    this.#byAddress.clear(address);
  }

  get sizes(): { addresses: number; users: number } {
    return { addresses: this.#byAddress.size, users: this.#byUser.size };
  }
}
