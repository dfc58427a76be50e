/**
 * A worker thread under supervision. Inside a VM the instruction hook keeps the deadline; one native operation that hangs
 * is out of its reach. The worker therefore tells through shared memory whom it is running; when the same call is still
 * running long after its deadline, the thread is terminated, the culprit named, and the owner builds a new worker
 * without it. Knows nothing of plugins or VMs.
 */
import { type ResourceLimits, Worker } from 'node:worker_threads';
import type { Pulse } from './vm.ts';

/** Words of the shared memory: who runs (id, 0 nobody), a number that changes with every call. */
const WHO = 0;
const SEQUENCE = 1;
const WORDS = 2;

/** The worker's end: make one from `workerData.pulse` (or what the owner passed) and give each VM its pulse. */
export class PulseSender {
  readonly #words: Int32Array;
  constructor(shared: SharedArrayBuffer) {
    this.#words = new Int32Array(shared);
  }
  /** `id` is what `name` is asked for when the call hangs: any number above 0. Calls may nest. */
  of(id: number): Pulse {
    const words = this.#words;
    const outer: number[] = [];
    return {
      enter() {
        outer.push(words[WHO]!);
        Atomics.store(words, SEQUENCE, (words[SEQUENCE]! + 1) | 0);
        Atomics.store(words, WHO, id);
      },
      leave() {
        Atomics.store(words, WHO, outer.pop() ?? 0);
      },
    };
  }
}

export type WorkerEntry = URL | string | { code(): string };

export interface SupervisedOptions<Incoming> {
  /** Script of the worker: a file, or its CommonJS text. Its workerData is `{ ...workerData, pulse: SharedArrayBuffer }`. */
  entry: WorkerEntry;
  workerData: Record<string, unknown>;
  /** Deadline of one call; the thread is terminated when a call lasts longer than `factor` times this (default 4). */
  deadlineMs: number;
  factor?: number;
  /** Bounds of the worker's own JavaScript heap; WebAssembly memories are bounded by the VMs. */
  resourceLimits?: ResourceLimits;
  execArgv?: string[];
  onMessage(message: Incoming): void;
  /** A call of `id` hung and the thread is being terminated; onExit follows. */
  onCulprit(id: number, hungMs: number): void;
  /** The thread has ended. `reason`: hang (onCulprit was told), error (uncaught, or heap exhausted), exit, stopped (by us). */
  onExit(reason: 'hang' | 'error' | 'exit' | 'stopped', detail: string): void;
}

/** Own heap of a worker that holds VMs: their JavaScript side is small. */
export const DEFAULT_RESOURCES: ResourceLimits = {
  maxOldGenerationSizeMb: 96,
  maxYoungGenerationSizeMb: 16,
  stackSizeMb: 4,
};

export class SupervisedWorker<Outgoing, Incoming> {
  readonly #options: SupervisedOptions<Incoming>;
  #worker: Worker | undefined;
  #timer: NodeJS.Timeout | undefined;
  #words = new Int32Array(new SharedArrayBuffer(WORDS * 4));
  #seen = { who: 0, sequence: 0, sinceMs: 0 };
  #lastCheckMs = 0;
  #reason: 'hang' | 'stopped' | undefined;
  #hangs = 0;

  constructor(options: SupervisedOptions<Incoming>) {
    this.#options = options;
  }

  /** Starts a thread; a running one must have ended (onExit). `workerData` replaces the one of the options. */
  start(workerData: Record<string, unknown> = this.#options.workerData): void {
    if (this.#worker) throw new Error('cannot start the supervised worker: it is running');
    const { entry, resourceLimits = DEFAULT_RESOURCES, execArgv } = this.#options;
    const pulse = new SharedArrayBuffer(WORDS * 4);
    this.#words = new Int32Array(pulse);
    this.#reason = undefined;
    this.#seen = { who: 0, sequence: 0, sinceMs: 0 };
    const isText = typeof entry === 'object' && 'code' in entry;
    const worker = new Worker(isText ? entry.code() : entry, {
      eval: isText,
      workerData: { ...workerData, pulse },
      resourceLimits,
      ...(execArgv && { execArgv }),
    });
    this.#worker = worker;
    let error = '';
    worker.on('message', (message: Incoming) => this.#options.onMessage(message));
    worker.on('error', (e) => {
      error = e instanceof Error ? e.message : String(e);
    });
    worker.on('exit', (code) => {
      clearInterval(this.#timer);
      this.#worker = undefined;
      this.#options.onExit(this.#reason ?? (error ? 'error' : 'exit'), error || `code ${code}`);
    });
    this.#lastCheckMs = performance.now();
    this.#timer = setInterval(() => this.#check(), this.#periodMs());
    this.#timer.unref();
  }

  #periodMs(): number {
    return Math.max(20, this.#options.deadlineMs / 2);
  }

  /** Counts only time during which this thread itself was awake: a suspended machine is no hang. */
  #check(): void {
    const now = performance.now();
    const awake = Math.min(now - this.#lastCheckMs, this.#periodMs() * 2);
    this.#lastCheckMs = now;
    const who = Atomics.load(this.#words, WHO);
    const sequence = Atomics.load(this.#words, SEQUENCE);
    const seen = this.#seen;
    if (who === 0 || who !== seen.who || sequence !== seen.sequence) {
      this.#seen = { who, sequence, sinceMs: 0 };
      return;
    }
    seen.sinceMs += awake;
    const { deadlineMs, factor = 4 } = this.#options;
    if (seen.sinceMs < deadlineMs * factor || this.#reason) return;
    this.#reason = 'hang';
    this.#hangs++;
    this.#options.onCulprit(who, Math.round(seen.sinceMs));
    void this.#worker?.terminate();
  }

  /** Returns false when no thread runs. */
  post(message: Outgoing, transfer: ArrayBuffer[] = []): boolean {
    this.#worker?.postMessage(message, transfer);
    return this.#worker !== undefined;
  }

  /** Terminates the thread; resolves when it has ended. */
  async stop(): Promise<void> {
    if (!this.#worker) return;
    this.#reason ??= 'stopped';
    await this.#worker.terminate();
  }

  health(): { running: boolean; hangs: number; runningId: number } {
    return { running: this.#worker !== undefined, hangs: this.#hangs, runningId: this.#words[WHO] ?? 0 };
  }
}
