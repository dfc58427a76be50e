/**
 * Traffic history for charts: what moved by minute, hour and day, and which protocols and hosts moved most, in three files
 * of fixed size. Minutes wait in memory and are written together; the hour and the day that still grow are written with
 * them, so that a power cut costs a quarter of an hour at most.
 */
import { join } from 'node:path';
import { count, counter } from '../decode/counters.ts';
import { ipText } from '../flows/address.ts';
import type { History as Answer, HistoryQuery, HistorySeries } from '../link/topics-traffic.ts';
import { type StepRecord, TRAFFIC } from './record.ts';
import { RingFile } from './ring-file.ts';
import { hostKey, largest, Step } from './step.ts';
import { WriteBudget } from './write-budget.ts';

const CLOCK = counter('history.clock.not_set');
const LOST = counter('history.write.gave_up');

const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 86_400_000;
/** Before this the clock was never set: such minutes would only overwrite good ones. */
const CLOCK_SET_MS = Date.UTC(2025, 0, 1);
const FLUSH_EVERY_MINUTES = 15;
/** Minutes that wait at most while the card takes none or the budget is spent. */
const MAX_WAITING = 120;
const MAX_STEPS = 1440;
const MAX_TOP = 20;

/** 96 flushes a day of at most four pages of minutes, one each of hour and day. */
export const HISTORY_BYTES_PER_DAY = 3_000_000;

export interface HistoryOptions {
  /** Folder of the files; absent = memory only. */
  dir?: string;
  /** Bytes that the files may take on the card together. In memory it is at most 3 MB. */
  maxBytes: number;
  /** Name of a protocol for its series. */
  protocolName(id: number): string;
  onNotice(text: string): void;
  /** A clock that never jumps, ms; for tests. */
  steadyNow?: () => number;
}

export class History {
  readonly #options: HistoryOptions;
  readonly #rings: { minute: RingFile; hour: RingFile; day: RingFile };
  readonly #budget: WriteBudget;
  #waiting: StepRecord[] = [];
  #hour: Step | undefined;
  #day: Step | undefined;
  #open = false;
  #flushing: Promise<void> | undefined;
  #complained = '';

  constructor(options: HistoryOptions) {
    this.#options = options;
    this.#budget = new WriteBudget(HISTORY_BYTES_PER_DAY, options.steadyNow);
    const most = options.dir === undefined ? Math.min(3_000_000, options.maxBytes) : options.maxBytes;
    const slots = (share: number, least: number, top: number) =>
      Math.max(least, Math.min(top, Math.floor((most * share) / 576)));
    const ring = (name: string, stepMs: number, n: number) =>
      new RingFile(options.dir === undefined ? undefined : join(options.dir, name), stepMs, n);
    this.#rings = {
      minute: ring('minutes', MINUTE, slots(0.7, 1440, 44_640)),
      hour: ring('hours', HOUR, slots(0.2, 744, 9600)),
      day: ring('days', DAY, slots(0.1, 366, 3660)),
    };
  }

  /** Opens the files. When the folder takes none, history goes on in memory and says so. */
  async start(nowMs: number): Promise<void> {
    try {
      for (const ring of Object.values(this.#rings)) {
        for (const text of await ring.open(nowMs)) this.#options.onNotice(text);
      }
      this.#open = true;
      this.#hour = await this.#resume(this.#rings.hour, nowMs);
      this.#day = await this.#resume(this.#rings.day, nowMs);
    } catch (error) {
      this.#complain(`cannot keep the traffic history in ${this.#options.dir}: ${(error as Error).message}`);
    }
  }

  async stop(): Promise<void> {
    await this.flush(true);
    for (const ring of Object.values(this.#rings)) await ring.close();
    this.#open = false;
  }

  /** A minute is over. `part` may list more protocols and hosts than a record keeps. */
  minute(part: StepRecord): void {
    if (part.beginMs < CLOCK_SET_MS) {
      count(CLOCK);
      return;
    }
    const minute = new Step(part.beginMs);
    minute.add(part);
    this.#waiting.push(minute.record());
    if (this.#waiting.length > MAX_WAITING) {
      this.#waiting.shift();
      count(LOST);
    }
    this.#hour = this.#grow(this.#hour, this.#rings.hour, part);
    this.#day = this.#grow(this.#day, this.#rings.day, part);
    if (Math.floor(part.beginMs / MINUTE) % FLUSH_EVERY_MINUTES === FLUSH_EVERY_MINUTES - 1) void this.flush(false);
  }

  /** Writes what waits if the budget allows; `force` at the end of a run, where it would be lost. */
  flush(force: boolean): Promise<void> {
    this.#flushing = (this.#flushing ?? Promise.resolve()).then(() => this.#write(force));
    return this.#flushing;
  }

  /** What the card got: for the Health page. */
  files(): { name: string; bytes: number; writtenToday: number; budgetPerDay: number } {
    const bytes = Object.values(this.#rings).reduce((sum, ring) => sum + ring.bytes, 0);
    return { name: 'history', bytes, writtenToday: this.#budget.today, budgetPerDay: this.#budget.perDay };
  }

  async query(q: HistoryQuery, nowMs: number): Promise<Answer> {
    const ring = this.#rings[q.step] ?? this.#rings.hour;
    const { stepMs } = ring;
    const steps = Math.max(1, Math.min(MAX_STEPS, ring.slots, Math.floor(q.steps) || 1));
    const fromMs = Math.floor(nowMs / stepMs) * stepMs - (steps - 1) * stepMs;
    await this.#flushing;
    const records = this.#open ? await ring.read(fromMs, steps) : new Array<StepRecord | undefined>(steps);
    const newer =
      q.step === 'minute' ? this.#waiting : [q.step === 'day' ? this.#day : this.#hour].map((s) => s?.record());
    for (const record of newer) {
      const at = record ? (record.beginMs - fromMs) / stepMs : -1;
      if (at >= 0 && at < steps) records[at] = record;
    }
    const top = Math.max(1, Math.min(MAX_TOP, Math.floor(q.top) || 5));
    const series =
      q.what === 'protocols'
        ? this.#protocols(records, top)
        : q.what === 'hosts'
          ? hostSeries(records, top)
          : TRAFFIC.map((key, i) => ({ key, id: 0, values: records.map((r) => r?.traffic[i] ?? null) }));
    return { stepMs, fromMs, series };
  }

  #protocols(records: readonly (StepRecord | undefined)[], top: number): HistorySeries[] {
    const totals = new Map<number, number>();
    for (const r of records) for (const p of r?.protocols ?? []) totals.set(p.id, (totals.get(p.id) ?? 0) + p.bytes);
    const chosen = largest(
      [...totals].map(([id, bytes]) => ({ id, bytes })),
      top,
    );
    const of = (r: StepRecord, id: number) => r.protocols.find((p) => p.id === id)?.bytes ?? 0;
    const series: HistorySeries[] = chosen.map(({ id }) => ({
      key: this.#options.protocolName(id),
      id,
      values: records.map((r) => (r ? of(r, id) : null)),
    }));
    const rest = records.map((r) =>
      r ? Math.max(0, r.traffic[0]! - chosen.reduce((sum, { id }) => sum + of(r, id), 0)) : null,
    );
    return [...series, { key: 'other', id: 0, values: rest }];
  }

  #grow(step: Step | undefined, ring: RingFile, part: StepRecord): Step {
    const beginMs = Math.floor(part.beginMs / ring.stepMs) * ring.stepMs;
    let now = step;
    if (now?.beginMs !== beginMs) {
      if (now && this.#open) {
        const whole = now.record();
        this.#flushing = (this.#flushing ?? Promise.resolve())
          .then(() => this.#put(ring, [whole], true))
          .then(() => {});
      }
      now = new Step(beginMs);
    }
    now.add(part);
    return now;
  }

  async #resume(ring: RingFile, nowMs: number): Promise<Step | undefined> {
    const beginMs = Math.floor(nowMs / ring.stepMs) * ring.stepMs;
    const [known] = await ring.read(beginMs, 1);
    if (!known) return undefined;
    const step = new Step(beginMs);
    step.add(known);
    return step;
  }

  async #write(force: boolean): Promise<void> {
    if (!this.#open || this.#waiting.length === 0) return;
    const records = [...this.#waiting];
    if (!(await this.#put(this.#rings.minute, records, force))) return;
    this.#waiting = this.#waiting.filter((r) => !records.includes(r));
    if (this.#hour) await this.#put(this.#rings.hour, [this.#hour.record()], force);
    if (this.#day) await this.#put(this.#rings.day, [this.#day.record()], force);
  }

  async #put(ring: RingFile, records: StepRecord[], force: boolean): Promise<boolean> {
    if (ring.path !== undefined && !force && !this.#budget.allows(records.length * 576 + 8192)) return false;
    try {
      this.#budget.spend(await ring.write(records));
      return true;
    } catch (error) {
      this.#complain(`cannot write the traffic history to ${ring.path}: ${(error as Error).message}`);
      return false;
    }
  }

  /** Once per sentence: a card that takes no writes takes none a minute later either. */
  #complain(text: string): void {
    if (text === this.#complained) return;
    this.#complained = text;
    this.#options.onNotice(text);
  }
}

function hostSeries(records: readonly (StepRecord | undefined)[], top: number): HistorySeries[] {
  const totals = new Map<string, { key: string; bytes: number }>();
  for (const r of records) {
    for (const h of r?.hosts ?? []) {
      const id = hostKey(h);
      const known = totals.get(id) ?? { key: ipText(h.version, ...h.words) + (h.vlan ? `@${h.vlan}` : ''), bytes: 0 };
      known.bytes += h.bytes;
      totals.set(id, known);
    }
  }
  return largest(
    [...totals].map(([id, t]) => ({ id, ...t })),
    top,
  ).map(({ id, key }) => ({
    key,
    id: 0,
    values: records.map((r) => (r ? (r.hosts.find((h) => hostKey(h) === id)?.bytes ?? 0) : null)),
  }));
}
