/**
 * Calls into a plugin that may wait for the world outside: system scripts, notification back-ends, pages. Such a call runs
 * as a coroutine; what it asks for is done elsewhere and the call goes on with the answer, while other hooks run. Nothing
 * of the worker ever waits.
 */
import type { Failure, LuaValue } from '../sandbox/index.ts';
import type { Plugin } from './plugin.ts';

export const JOB_LIMITS = {
  /** Calls of one plugin that wait at a time. */
  perPlugin: 8,
  /** A call that waits longer is given up. */
  ms: 120_000,
} as const;

export type JobResult = { ok: true; values: LuaValue[] } | { ok: false; message: string };

export interface JobAsk {
  id: number;
  plugin: string;
  kind: string;
  args: LuaValue[];
  notifying: boolean;
}

interface Job {
  plugin: Plugin;
  vm: unknown;
  file: string;
  notifying: boolean;
  done: (result: JobResult) => void;
  sinceMs: number;
  /** Set around each piece of the call. */
  around: (run: () => void) => void;
}

export class Jobs {
  readonly #jobs = new Map<number, Job>();
  readonly #ask: (ask: JobAsk) => void;
  readonly #failed: (plugin: Plugin, file: string, failure: Failure) => string;
  #next = 1;

  /** `failed` keeps a failure and returns where it was. */
  constructor(ask: (ask: JobAsk) => void, failed: (plugin: Plugin, file: string, failure: Failure) => string) {
    this.#ask = ask;
    this.#failed = failed;
  }

  get waiting(): number {
    return this.#jobs.size;
  }

  /** Calls function `name` of the prelude with `args` after the job's number; it answers "done", values… or "wait", kind, args…. */
  start(
    plugin: Plugin,
    file: string,
    name: string,
    args: LuaValue[],
    done: (result: JobResult) => void,
    more: { notifying?: boolean; around?: (run: () => void) => void } = {},
  ): void {
    let mine = 0;
    for (const job of this.#jobs.values()) if (job.plugin.key === plugin.key) mine++;
    if (mine >= JOB_LIMITS.perPlugin) {
      done({ ok: false, message: `${mine} calls of the plugin wait already` });
      return;
    }
    const id = this.#next++;
    const { notifying = false, around = (run: () => void) => run() } = more;
    const job: Job = { plugin, vm: plugin.vm, file, notifying, done, around, sinceMs: performance.now() };
    this.#jobs.set(id, job);
    this.#step(id, job, name, [id, ...args]);
  }

  /** The answer to what a job asked for. */
  answer(id: number, values: LuaValue[]): void {
    const job = this.#jobs.get(id);
    if (!job) return;
    if (job.plugin.vm === undefined || job.plugin.vm !== job.vm)
      this.#end(id, { ok: false, message: 'the plugin was loaded anew' });
    else this.#step(id, job, 'resume', [id, ...values]);
  }

  #step(id: number, job: Job, name: string, args: LuaValue[]): void {
    job.around(() => {
      const result = job.plugin.call(name, args);
      if (!result.ok) {
        const where = this.#failed(job.plugin, job.file, result);
        this.#end(id, { ok: false, message: `${where}: ${job.plugin.errors.at(-1)?.message ?? result.message}` });
        return;
      }
      const [state, ...values] = result.values;
      if (state !== 'wait') {
        this.#end(id, { ok: true, values });
        return;
      }
      const [kind, list] = values;
      this.#ask({
        id,
        plugin: job.plugin.key,
        kind: String(kind),
        args: Array.isArray(list) ? list : [],
        notifying: job.notifying,
      });
    });
  }

  #end(id: number, result: JobResult): void {
    const job = this.#jobs.get(id);
    this.#jobs.delete(id);
    job?.done(result);
  }

  /** Gives up what waits too long, or belongs to a plugin that is gone. Call every second or so. */
  sweep(): void {
    const now = performance.now();
    for (const [id, job] of this.#jobs) {
      if (now - job.sinceMs > JOB_LIMITS.ms) this.#end(id, { ok: false, message: 'waited too long' });
      else if (job.plugin.vm !== job.vm) this.#end(id, { ok: false, message: 'the plugin was loaded anew' });
    }
  }
}
