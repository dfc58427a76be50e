/** What a plugin would have raised: alerts of a run, counted by day and host, with examples. */
import type { AlertEvent } from '../alerts/alert.ts';
import type { CaptureRun } from './capture-run.ts';

export const WOULD_FIRE_LIMITS = {
  hosts: 10,
  examples: 3,
  days: 31,
  notes: 10,
} as const;

export interface WouldFire {
  /** recent: over flows kept in memory; capture: over an uploaded file. */
  what: string;
  /** False when nothing could be run; `reason` says why. */
  ok: boolean;
  reason: string;
  /** Flows looked at, and packet time of the first and last, ms. */
  flows: number;
  fromMs: number;
  toMs: number;
  alerts: number;
  /** UTC days, "2026-01-05", oldest first. */
  perDay: { day: string; count: number }[];
  /** Most alerted first, at most 10. */
  hosts: { host: string; count: number }[];
  scripts: { script: string; count: number }[];
  /** One per script first, at most 3. */
  examples: { atMs: number; script: string; severity: number; title: string; text: string; about: string }[];
  /** What the reader must know of the count: scripts that could not be asked, errors. */
  notes: string[];
}

/** Counts alerts as they come; keeps nothing else of them but the examples. */
export class WouldFireCount {
  readonly #days = new Map<string, number>();
  readonly #hosts = new Map<string, number>();
  readonly #scripts = new Map<string, number>();
  readonly #examples: WouldFire['examples'] = [];
  alerts = 0;

  add(alert: AlertEvent): void {
    if (alert.action === 'release') return;
    this.alerts++;
    const { flow } = alert;
    bump(this.#days, new Date(alert.atMs).toISOString().slice(0, 10));
    bump(this.#hosts, flow ? flow.client : alert.entityValue);
    bump(this.#scripts, alert.script);
    const about = flow ? `${flow.client} → ${flow.server}:${flow.serverPort}` : alert.entityValue;
    const example = {
      atMs: alert.atMs,
      script: alert.script,
      severity: alert.severity,
      title: alert.title,
      text: alert.text,
      about,
    };
    const { examples } = WOULD_FIRE_LIMITS;
    if (this.#examples.length < examples) this.#examples.push(example);
    else if (!this.#examples.some((e) => e.script === alert.script)) {
      const twice = this.#examples.findIndex((e, i) => this.#examples.findIndex((f) => f.script === e.script) < i);
      if (twice >= 0) this.#examples[twice] = example;
    }
  }

  result(
    what: 'recent' | 'capture',
    seen: { flows: number; fromMs: number; toMs: number; notes: string[] },
  ): WouldFire {
    const top = (counts: Map<string, number>) => [...counts].sort((a, b) => b[1] - a[1]);
    return {
      what,
      ok: true,
      reason: '',
      flows: seen.flows,
      fromMs: seen.fromMs,
      toMs: seen.toMs,
      alerts: this.alerts,
      perDay: [...this.#days]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .slice(-WOULD_FIRE_LIMITS.days)
        .map(([day, count]) => ({ day, count })),
      hosts: top(this.#hosts)
        .slice(0, WOULD_FIRE_LIMITS.hosts)
        .map(([host, count]) => ({ host, count })),
      scripts: top(this.#scripts).map(([script, count]) => ({ script, count })),
      examples: this.#examples,
      notes: seen.notes.slice(0, WOULD_FIRE_LIMITS.notes),
    };
  }
}

const bump = (counts: Map<string, number>, key: string): void => {
  if (counts.size < 10_000 || counts.has(key)) counts.set(key, (counts.get(key) ?? 0) + 1);
};

/** A result that says why there is none. */
export const couldNotFire = (what: 'recent' | 'capture', reason: string): WouldFire => ({
  ...new WouldFireCount().result(what, { flows: 0, fromMs: 0, toMs: 0, notes: [] }),
  ok: false,
  reason,
});

/** The result of a run over a capture. */
export function summarize(run: CaptureRun, what: 'recent' | 'capture'): WouldFire {
  if (run.problem && run.packets === 0) return couldNotFire(what, run.problem);
  const count = new WouldFireCount();
  for (const alert of run.alerts) count.add(alert);
  const notes = run.problem ? [run.problem] : [];
  for (const plugin of run.plugins)
    for (const { file, line, message } of plugin.errors) notes.push(`${file}:${line}: ${message}`);
  if (run.total > run.alerts.length)
    notes.push(`only the first ${run.alerts.length} of ${run.total} alerts were counted`);
  return count.result(what, { flows: run.flows, fromMs: run.firstMs, toMs: run.lastMs, notes });
}
