/** What capture missed, minute by minute for a day: a ring of numbers that charts and the Health page read. */
import type { QualityMinute } from '../alerts/alert.ts';

/** Minutes that are remembered; 86 kB. */
export const MINUTES = 1440;
const MINUTE_MS = 60_000;

/** Counters since the start of the engine; null where the source cannot tell. */
export interface QualityCounters {
  packets: number;
  bytes: number;
  kernelDropped: number | null;
  interfaceDropped: number | null;
  truncated: number;
  evicted: number;
  hooksSkipped: number;
}

const FIELDS = [
  'packets',
  'bytes',
  'kernelDropped',
  'interfaceDropped',
  'truncated',
  'evicted',
  'hooksSkipped',
] as const satisfies (keyof QualityCounters)[];

/** Numbers of one minute: its number since the epoch, the fields, milliseconds without a running source. */
const BLIND = 1 + FIELDS.length;
const STRIDE = BLIND + 1;

export class QualityMinutes {
  readonly #ring = new Float64Array(MINUTES * STRIDE);
  #last: QualityCounters | undefined;
  #lastMs = 0;

  /** Adds what happened since the last call to the minute of now; `running` is whether the source delivers. */
  step(nowMs: number, counters: QualityCounters, running: boolean): void {
    const before = this.#last;
    const elapsed = before === undefined ? 0 : Math.max(0, nowMs - this.#lastMs);
    this.#last = { ...counters };
    this.#lastMs = nowMs;
    const minute = Math.floor(nowMs / MINUTE_MS);
    const at = (minute % MINUTES) * STRIDE;
    if (this.#ring[at] !== minute) {
      this.#ring.fill(0, at, at + STRIDE);
      this.#ring[at] = minute;
    }
    for (const [i, field] of FIELDS.entries()) {
      const value = counters[field];
      const known = before?.[field];
      // NaN stands for null: one step that cannot tell makes the minute unknown.
      if (value === null) this.#ring[at + 1 + i] = Number.NaN;
      // A counter that fell is a source that started anew.
      else if (typeof known === 'number') this.#ring[at + 1 + i]! += value >= known ? value - known : value;
    }
    // A step over a suspended machine or a set clock says nothing of more than a minute.
    if (!running) this.#ring[at + BLIND] = Math.min(MINUTE_MS, this.#ring[at + BLIND]! + Math.min(elapsed, MINUTE_MS));
  }

  /** The last `count` minutes that there are, oldest first. Minutes without the engine are left out. */
  minutes(count: number): QualityMinute[] {
    const newest = Math.floor(this.#lastMs / MINUTE_MS);
    const wanted = Math.min(MINUTES, Math.max(0, Math.floor(count)));
    const out: QualityMinute[] = [];
    for (let minute = newest - wanted + 1; minute <= newest; minute++) {
      if (minute <= 0) continue;
      const at = (minute % MINUTES) * STRIDE;
      if (this.#ring[at] !== minute) continue;
      const number = (i: number): number => this.#ring[at + 1 + i] || 0;
      const maybe = (i: number): number | null => (Number.isNaN(this.#ring[at + 1 + i]) ? null : number(i));
      out.push({
        atMs: minute * MINUTE_MS,
        packets: number(0),
        bytes: number(1),
        kernelDropped: maybe(2),
        interfaceDropped: maybe(3),
        truncated: number(4),
        evicted: number(5),
        hooksSkipped: number(6),
        blindMs: this.#ring[at + BLIND]!,
      });
    }
    return out;
  }
}
