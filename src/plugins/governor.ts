/**
 * Decides what a plugin may still do. A plugin that costs too much is sampled, then paused, then put in quarantine; one
 * whose call is interrupted for time or memory gets two more chances within ten minutes. All on a monotonic clock.
 */
import type { Fault } from '../sandbox/index.ts';

export const GOVERNOR = {
  /** Share of a core over a minute that one plugin may have, percent. */
  corePercent: 25,
  /** While sampled, one call in so many is made. */
  sample: 8,
  /** Time between two judgements of the share. */
  judgeMs: 20_000,
  pauseMs: 60_000,
  /** Pauses after which quarantine follows. */
  pauses: 3,
  /** Interrupted calls (time, memory, stack) within `strikeMs` that lead to quarantine. */
  strikes: 3,
  strikeMs: 600_000,
} as const;

export type GovernorState = 'running' | 'sampled' | 'paused' | 'quarantined';

export class Governor {
  state: GovernorState = 'running';
  reason = '';
  #strikes: number[] = [];
  #pauses = 0;
  #untilMs = 0;
  #judgedMs = 0;
  #turn = 0;
  readonly #limit: number;

  constructor(corePercent: number = GOVERNOR.corePercent) {
    this.#limit = corePercent;
  }

  /** Whether the next call may be made. */
  allow(): boolean {
    if (this.state === 'running') return true;
    if (this.state !== 'sampled') return false;
    this.#turn = (this.#turn + 1) % GOVERNOR.sample;
    return this.#turn === 0;
  }

  quarantine(reason: string): void {
    this.state = 'quarantined';
    this.reason = reason;
  }

  release(): void {
    this.state = 'running';
    this.reason = '';
    this.#strikes = [];
    this.#pauses = 0;
  }

  /** A call was interrupted. Returns true when that was one too many. */
  strike(nowMs: number, fault: Fault, where: string): boolean {
    this.#strikes = this.#strikes.filter((at) => nowMs - at < GOVERNOR.strikeMs);
    this.#strikes.push(nowMs);
    if (this.#strikes.length < GOVERNOR.strikes) return false;
    this.quarantine(`${FAULT_WORDS[fault]} ${this.#strikes.length} times within ten minutes, last in ${where}`);
    return true;
  }

  /** Looks at the share of a core. Returns true when the state changed. `forgive` is called when the share is to begin anew. */
  judge(nowMs: number, corePercent: number, forgive: () => void): boolean {
    if (this.state === 'quarantined') return false;
    if (this.state === 'paused') {
      if (nowMs < this.#untilMs) return false;
      this.state = 'sampled';
      this.reason = `tried again with one call in ${GOVERNOR.sample} after a pause for its cost`;
      this.#judgedMs = nowMs;
      forgive();
      return true;
    }
    if (nowMs - this.#judgedMs < GOVERNOR.judgeMs) return false;
    this.#judgedMs = nowMs;
    if (corePercent <= this.#limit) {
      if (this.state === 'running' || corePercent * GOVERNOR.sample > this.#limit) return false;
      this.state = 'running';
      this.reason = '';
      return true;
    }
    const share = `${Math.round(corePercent)} % of a core over a minute (limit ${this.#limit} %)`;
    if (this.state === 'running') {
      this.state = 'sampled';
      this.reason = `only one call in ${GOVERNOR.sample} is made: it took ${share}`;
    } else if (++this.#pauses >= GOVERNOR.pauses) {
      this.quarantine(`paused ${this.#pauses} times and still took ${share}`);
    } else {
      this.state = 'paused';
      this.#untilMs = nowMs + GOVERNOR.pauseMs;
      this.reason = `paused for a minute: although sampled it took ${share}`;
    }
    forgive();
    return true;
  }
}

const FAULT_WORDS: Record<Fault, string> = {
  error: 'failed',
  time: 'ran longer than a call may take',
  memory: 'used up its memory',
  stack: 'recursed too deep',
  aborted: 'brought its VM down',
};
export const faultWords = (fault: Fault): string => FAULT_WORDS[fault];
