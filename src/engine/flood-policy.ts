/**
 * What scripts are told of a flood: with the table nearly full, attempts that nobody answered are told at a bounded rate
 * and the rest is counted as skipped. Without it the scripts' records of a scan take the time of the packets.
 */
import type { Flows } from '../flows/flows.ts';

/** Told a second of packet time: enough to raise and keep an alert, a hundredth of what a scan makes. */
const PER_SECOND = 500;

export class FloodPolicy {
  readonly #flows: Flows;
  #second = 0;
  #told = 0;
  /** Hook calls that were left out. */
  skipped = 0;

  constructor(flows: Flows) {
    this.#flows = flows;
  }

  /** Flow f is one of many that nobody answered. */
  applies(f: number): boolean {
    return this.#flows.crowded && this.#flows.oneSided(f);
  }

  /** True when scripts may hear of one more; else it is counted as skipped. */
  admits(): boolean {
    const second = Math.floor(this.#flows.nowUs / 1e6);
    if (second !== this.#second) {
      this.#second = second;
      this.#told = 0;
    }
    if (this.#told < PER_SECOND) {
      this.#told++;
      return true;
    }
    this.skipped++;
    return false;
  }
}
