/**
 * The engine's side of the plugin room: owns the worker thread and the queue to it, watches over it, and starts it anew
 * without the culprit when a plugin hangs it. Nothing here waits for a plugin.
 */
import { randomBytes } from 'node:crypto';
import type { AlertEvent } from '../alerts/alert.ts';
import type { FlowRecord } from '../flows/record.ts';
import type { LuaValue } from '../sandbox/index.ts';
import { SupervisedWorker, type WorkerEntry } from '../sandbox/watchdog.ts';
import { preludeFiles } from './assets.ts';
import { GRANULARITIES, GRANULARITY_SECONDS } from './configsets.ts';
import type { EntitySnapshot } from './entities.ts';
import type { FlowHook, HostConfig, PluginHost, PluginHostOptions } from './host-port.ts';
import type { JobAsk } from './jobs.ts';
import type { StoredEntry } from './kv.ts';
import { isAskKind, Outside } from './outside.ts';
import { type FromWorker, STATS, STATS_BYTES, type SyslogLine, type ToWorker, type WorkerStart } from './protocol.ts';
import type { RecipientState } from './recipients.ts';
import { createRing, type RingMemory, RingWriter } from './ring.ts';
import { type AlertDraft, Room } from './room.ts';
import { SeriesStore } from './series.ts';
import { KIND, writeFlow, writeTick } from './snapshot.ts';
import type { PluginConfig, Recipient } from './types.ts';
import { WANTS_BYTES, WantsReader } from './wants.ts';

export const HOST_LIMITS = {
  /** Hook calls that may wait; the ring's bytes bound them too. */
  queue: 10_000,
  /** A VM that was entered so long ago hangs in an operation that no deadline interrupts; loading has the longest one. */
  hangMs: 5000,
  /** A worker whose heart stood still so long outside of any VM is replaced. */
  deadMs: 15_000,
  /** One that still loads its plugins has this long: a slow box that has just been switched on needs more than deadMs. */
  startMs: 90_000,
  watchMs: 1000,
  /** Alerts are handed over so often at most. */
  alertsMs: 200,
  /** Lines of syslog that wait, and how long. */
  syslog: 2000,
  syslogMs: 20,
  /** Flows whose alert a new worker must know of. */
  alerted: 20_000,
  /** Restarts without a culprit within a minute, after which the room rests for one. */
  restarts: 5,
  workerHeapMb: 192,
} as const;

let workerEntry: WorkerEntry = new URL('./worker.ts', import.meta.url);

/** A bundle says here where its worker begins: a file, or its text. Call before start(). */
export function setWorkerEntry(entry: WorkerEntry): void {
  workerEntry = entry;
}

const NO_QUALITY = { kernelDropped: 0, interfaceDropped: 0, truncated: 0, evicted: 0, hooksSkipped: 0 };

const configOf = ({ configSets, language, pools, grants, recipients, policies }: HostConfig): PluginConfig => ({
  configSets,
  language,
  pools: pools ?? [],
  grants: grants ?? {},
  recipients: recipients ?? [],
  policies: policies ?? [],
});

/** Milliseconds that taking a snapshot may hold the capture loop. */
const TAKE_MS = 3;

interface Taking {
  parts: IterableIterator<EntitySnapshot | undefined>;
  index: number;
  nowMs: number;
  seq: number;
}

class Host implements PluginHost {
  #options: PluginHostOptions;
  #config: PluginConfig;
  readonly series = new SeriesStore();
  readonly #outside: Outside;
  #store: StoredEntry[];
  #recipients: RecipientState[] = [];
  #syslog: SyslogLine[] = [];
  #syslogDropped = 0;
  #memory: RingMemory = createRing();
  #ring = new RingWriter(this.#memory);
  #statsMemory = new SharedArrayBuffer(STATS_BYTES);
  #stats = new Int32Array(this.#statsMemory);
  #wantsMemory = new SharedArrayBuffer(WANTS_BYTES);
  #wants = new WantsReader(this.#wantsMemory);
  #worker: SupervisedWorker<ToWorker, FromWorker> | undefined;
  #slots = new Map<number, string>();
  #stopping = false;
  #wakeQueued = false;
  #clockMs = 0;
  #turned: number[] = GRANULARITIES.map(() => 0);
  #runSeq = 0;
  /** Snapshots that are being taken, the first one now. */
  #taking: Taking[] = [];
  #wantsEntities: { [granularity: string]: { hosts: boolean; networks: boolean; interfaces: boolean } } = {};
  #boot = randomBytes(6).toString('hex');
  #alertCount = 0;
  #alerts: AlertEvent[] = [];
  #alertTimer: NodeJS.Timeout | undefined;
  #watchTimer: NodeJS.Timeout | undefined;
  #engaged = new Map<string, { event: AlertEvent; granularityId: number }>();
  #alerted = new Map<number, [number, number, number]>();
  #quarantined: { [key: string]: string } = {};
  #skipped = 0;
  #skippedAt: { atMs: number; skipped: number } = { atMs: 0, skipped: 0 };
  #restarts = 0;
  #crashes: number[] = [];
  #corePercent = 0;
  #seen = { heart: 0, aliveMs: 0 };
  #skipFirst = false;
  #exited: (() => void) | undefined;
  #callsBase = 0;
  #waiting = new Map<number, (result: { ok: boolean; text: string }) => void>();
  #nextId = 1;
  #readyWaiters: (() => void)[] = [];
  #ready = false;
  /** Looks at a worker that was still starting, which is progress as well; they end with startMs. */
  #startTicks = 0;
  #startedMs = 0;

  constructor(options: PluginHostOptions) {
    this.#options = options;
    this.#config = configOf(options);
    this.#store = options.store ?? [];
    this.#outside = new Outside({
      log: (plugin, text) => options.onLog('warn', plugin, text),
      ...options.outside,
    });
    this.#outside.grants = this.#config.grants;
  }

  async start(): Promise<void> {
    this.#stopping = false;
    this.#spawn();
    this.#watchTimer = setInterval(() => this.#watch(), HOST_LIMITS.watchMs);
    this.#watchTimer.unref();
    await this.#whenReady();
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    clearInterval(this.#watchTimer);
    const worker = this.#worker;
    if (worker?.health().running) {
      const exited = new Promise<void>((resolve) => {
        this.#exited = resolve;
        setTimeout(resolve, 1000).unref();
      });
      this.#post({ kind: 'stop' });
      await exited;
      await worker.stop();
    }
    this.#flushAlerts();
    for (const resolve of this.#waiting.values()) resolve({ ok: false, text: 'the plugin room is stopping' });
    this.#waiting.clear();
    for (const resolve of this.#readyWaiters.splice(0)) resolve();
  }

  wants(hook: FlowHook, proto: number, master: number, app: number): boolean {
    return this.#wants.wants(hook, proto, master, app);
  }

  flow(hook: FlowHook, record: FlowRecord): boolean {
    const ring = this.#ring;
    const nowMs = Math.max(this.#clockMs, record.lastMs);
    if (ring.pending() >= HOST_LIMITS.queue || !writeFlow(ring, KIND[hook], nowMs, record)) {
      this.#skipped++;
      this.#wake();
      return false;
    }
    this.#wakeSoon();
    return true;
  }

  clock(nowMs: number): void {
    const before = this.#clockMs;
    if (nowMs <= before) return;
    this.#clockMs = nowMs;
    const minute = Math.floor(nowMs / 60_000);
    if (minute === this.#turned[0]) return;
    for (const [i, granularity] of GRANULARITIES.entries()) {
      const turn = Math.floor(nowMs / (GRANULARITY_SECONDS[granularity] * 1000));
      if (turn === this.#turned[i]) continue;
      const first = this.#turned[i] === 0;
      this.#turned[i] = turn;
      if (!first) this.#periodic(i, nowMs);
    }
  }

  /** Starts the periodic scripts of a granularity: the engine's snapshot travels beside the entry in the ring. */
  #periodic(index: number, nowMs: number): void {
    const granularity = GRANULARITIES[index]!;
    const want = this.#wantsEntities[granularity];
    const { entities } = this.#options;
    if (!entities || !want || !(want.hosts || want.interfaces || want.networks)) {
      this.#tick(index, nowMs, 0);
      return;
    }
    const seq = ++this.#runSeq;
    const parts = entities.parts?.(granularity, want);
    if (parts) {
      this.#taking.push({ parts, index, nowMs, seq });
      if (this.#taking.length === 1) this.#take();
      return;
    }
    const part = JSON.stringify(entities.snapshot(granularity, want));
    this.#post({ kind: 'entities', seq, part, last: true });
    this.#tick(index, nowMs, seq);
  }

  /** Goes on with the snapshot that is being taken, a few milliseconds at a time. */
  #take(): void {
    const taken = this.#taking[0];
    if (!taken || this.#stopping) return;
    const { parts, index, nowMs, seq } = taken;
    const until = performance.now() + TAKE_MS;
    while (performance.now() < until) {
      const { value, done } = parts.next();
      if (done) {
        this.#post({ kind: 'entities', seq, part: '', last: true });
        this.#tick(index, nowMs, seq);
        this.#taking.shift();
        break;
      }
      if (value) this.#post({ kind: 'entities', seq, part: JSON.stringify(value), last: false });
    }
    if (this.#taking.length > 0) setImmediate(() => this.#take());
  }

  #tick(index: number, nowMs: number, seq: number): void {
    if (!writeTick(this.#ring, KIND.periodic, nowMs, index, seq, this.#skipped)) this.#skipped++;
    this.#wakeSoon();
  }

  configure(config: HostConfig): void {
    this.#config = configOf(config);
    this.#outside.grants = this.#config.grants;
    this.#post({ kind: 'configure', config: this.#config });
  }

  syslog(line: SyslogLine): boolean {
    if (this.#syslog.length >= HOST_LIMITS.syslog) {
      this.#syslogDropped++;
      return false;
    }
    this.#syslog.push(line);
    if (this.#syslog.length === 1) setTimeout(() => this.#flushSyslog(), HOST_LIMITS.syslogMs).unref();
    return true;
  }
  #flushSyslog(): void {
    const lines = this.#syslog;
    this.#syslog = [];
    if (this.#syslogDropped > 0)
      this.#options.onLog('warn', 'syslog', `${this.#syslogDropped} lines came too fast and were dropped`);
    this.#syslogDropped = 0;
    if (lines.length > 0) this.#post({ kind: 'syslog', lines });
  }

  page(plugin: string, file: string, get: { [name: string]: string }): Promise<{ ok: boolean; text: string }> {
    return this.#ask((id) => ({ kind: 'page', id, plugin, file, get }));
  }
  tryRecipient(recipient: Recipient): Promise<{ ok: boolean; text: string }> {
    return this.#ask((id) => ({ kind: 'try', id, recipient }));
  }
  recipients(): RecipientState[] {
    return this.#recipients;
  }

  reload(): Promise<{ ok: boolean; text: string }> {
    return this.#ask((id) => ({ kind: 'reload', id }));
  }

  release(plugin: string): void {
    delete this.#quarantined[plugin];
    this.#post({ kind: 'release', plugin });
  }

  async drain(): Promise<void> {
    await this.#whenReady();
    await this.#ask((id) => ({ kind: 'drain', id, upTo: this.#ring.queued() }));
    this.#flushAlerts();
  }

  health(): ReturnType<PluginHost['health']> {
    return {
      queue: this.#ring.pending(),
      queueLimit: HOST_LIMITS.queue,
      skipped: this.#skipped,
      calls: this.#callsBase + (Atomics.load(this.#stats, STATS.calls) >>> 0),
      restarts: this.#restarts,
      corePercent: this.#corePercent,
      progress: this.#ring.done() + Atomics.load(this.#stats, STATS.heart) + this.#startTicks,
    };
  }

  // Worker --------------------------------------------------------------------------------------------------------------

  #spawn(): void {
    this.#taking = [];
    this.#stats.fill(0);
    this.#slots.clear();
    this.#ready = false;
    const start: WorkerStart = {
      ring: this.#memory,
      stats: this.#statsMemory,
      wants: this.#wantsMemory,
      pluginDirs: this.#options.pluginDirs,
      engine: this.#options.engine,
      listDirs: this.#options.listDirs ?? [],
      ...(this.#options.only ? { only: this.#options.only } : {}),
      config: this.#config,
      prelude: preludeFiles(),
      nowMs: this.#clockMs || Date.now(),
      quarantined: this.#quarantined,
      engaged: [...this.#engaged.values()],
      alerted: [...this.#alerted.values()],
      store: this.#store,
      skipFirst: this.#skipFirst,
    };
    this.#startedMs = performance.now();
    this.#seen = { heart: 0, aliveMs: this.#startedMs };
    this.#worker ??= new SupervisedWorker({
      entry: workerEntry,
      workerData: {},
      deadlineMs: HOST_LIMITS.hangMs / 4,
      resourceLimits: { maxOldGenerationSizeMb: HOST_LIMITS.workerHeapMb },
      onMessage: (message) => this.#receive(message),
      onCulprit: (slot, hungMs) => this.#culprit(slot, hungMs),
      onExit: (reason, detail) => this.#exit(reason, detail),
    });
    this.#worker.start({ spanwatch: 'plugins', start });
  }

  #post(message: ToWorker): void {
    this.#worker?.post(message);
  }

  #ask(make: (id: number) => ToWorker): Promise<{ ok: boolean; text: string }> {
    if (!this.#worker || this.#stopping)
      return Promise.resolve({ ok: false, text: 'the plugin worker is not running' });
    const id = this.#nextId++;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.#post(make(id));
    });
  }

  #whenReady(): Promise<void> {
    if (this.#ready || this.#stopping) return Promise.resolve();
    return new Promise((resolve) => this.#readyWaiters.push(resolve));
  }

  #wakeSoon(): void {
    if (this.#wakeQueued) {
      // A producer that does not return to the event loop wakes the worker itself now and then.
      if ((this.#ring.queued() & 255) === 0) this.#wake();
      return;
    }
    this.#wakeQueued = true;
    setImmediate(() => {
      this.#wakeQueued = false;
      this.#wake();
    });
  }
  #wake(): void {
    if (this.#ring.takeSleeper()) this.#post({ kind: 'wake' });
  }

  #receive(message: FromWorker): void {
    const { onStatus, onLog, onPlugins } = this.#options;
    switch (message.kind) {
      case 'slot':
        this.#slots.set(message.slot, message.key);
        break;
      case 'ready':
        this.#ready = true;
        onLog('info', 'plugins', message.text);
        for (const resolve of this.#readyWaiters.splice(0)) resolve();
        break;
      case 'alerts':
        for (const draft of message.items) this.#alert(draft);
        break;
      case 'notes':
        for (const note of message.statuses) onStatus(note.flowId, note.status, note.name, note.score, note.hosts);
        for (const line of message.logs) onLog(line.level, line.plugin, line.text);
        break;
      case 'plugins':
        this.#corePercent = message.corePercent;
        onPlugins(message.items);
        break;
      case 'wantsEntities':
        this.#wantsEntities = message.table;
        break;
      case 'quarantined':
        this.#quarantined = message.table;
        break;
      case 'store':
        this.#store = message.entries;
        this.#options.onStore?.(message.entries);
        break;
      case 'series':
        for (const point of message.points) this.series.add(point);
        break;
      case 'seriesDelete':
        this.series.delete(message.plugin, message.prefix, message.tags);
        break;
      case 'ask':
        this.#outsideAsk(message.ask);
        break;
      case 'external':
        this.#options.onExternal?.(message.flow);
        break;
      case 'recipients':
        this.#recipients = message.items;
        break;
      case 'done':
      case 'reloaded':
        this.#waiting.get(message.id)?.({ ok: message.ok, text: message.text });
        this.#waiting.delete(message.id);
        break;
      case 'drained':
        this.#waiting.get(message.id)?.({ ok: true, text: '' });
        this.#waiting.delete(message.id);
        break;
      case 'stopped':
        break;
    }
  }

  /** Something outside that a waiting call asked for. The worker that gets the answer may be another by then: it ignores it. */
  #outsideAsk({ id, plugin, kind, args, notifying }: JobAsk): void {
    const worker = this.#worker;
    if (!isAskKind(kind)) {
      this.#post({ kind: 'answer', id, values: [] });
      return;
    }
    const restarts = this.#restarts;
    void this.#outside.answer({ plugin, kind, args, notifying }).then((values) => {
      if (this.#worker === worker && this.#restarts === restarts && !this.#stopping)
        this.#post({ kind: 'answer', id, values: values as LuaValue[] });
    });
  }

  #alert(draft: AlertDraft): void {
    const now = performance.now();
    if (now - this.#skippedAt.atMs > 60_000) this.#skippedAt = { atMs: now, skipped: this.#skipped };
    const event: AlertEvent = {
      ...draft,
      key: `${this.#boot}-${++this.#alertCount}`,
      quality: { ...NO_QUALITY, hooksSkipped: this.#skipped - this.#skippedAt.skipped },
    };
    if (event.flow) {
      if (this.#alerted.size >= HOST_LIMITS.alerted) this.#alerted.delete(this.#alerted.keys().next().value!);
      this.#alerted.delete(event.flow.id);
      this.#alerted.set(event.flow.id, [event.flow.id, event.score, event.status ?? 0]);
    } else {
      const granularityId = GRANULARITIES.findIndex((g) => GRANULARITY_SECONDS[g] === event.granularity) + 1;
      const key = Room.engagedKey(event.entity, event.entityValue, event.type, event.subtype, granularityId);
      if (event.action === 'engage') this.#engaged.set(key, { event, granularityId });
      if (event.action === 'release') this.#engaged.delete(key);
    }
    this.#alerts.push(event);
    if (this.#alertTimer === undefined) {
      this.#alertTimer = setTimeout(() => this.#flushAlerts(), HOST_LIMITS.alertsMs);
    }
  }
  #flushAlerts(): void {
    clearTimeout(this.#alertTimer);
    this.#alertTimer = undefined;
    if (this.#alerts.length === 0) return;
    const items = this.#alerts;
    this.#alerts = [];
    this.#options.onAlerts(items);
  }

  // Watch ---------------------------------------------------------------------------------------------------------------

  /** Sees to it that a worker that is stuck in our own code does not stay. */
  #watch(): void {
    if (this.#stopping || !this.#worker) return;
    const now = performance.now();
    const heart = Atomics.load(this.#stats, STATS.heart);
    const { running, runningId } = this.#worker.health();
    const starting = running && !this.#ready;
    if (starting && now - this.#startedMs < HOST_LIMITS.startMs) this.#startTicks += 1;
    if (heart !== this.#seen.heart || runningId !== 0 || !running) {
      this.#seen = { heart, aliveMs: now };
    } else if (now - this.#seen.aliveMs > (starting ? HOST_LIMITS.startMs : HOST_LIMITS.deadMs)) {
      this.#seen = { heart, aliveMs: now };
      this.#options.onLog('error', 'plugins', 'the plugin worker did not answer and is replaced');
      void this.#worker.stop();
    }
  }

  #culprit(slot: number, hungMs: number): void {
    const culprit = this.#slots.get(slot) ?? `number ${slot}`;
    const seconds = Math.round(hungMs / 1000);
    this.#quarantined = {
      ...this.#quarantined,
      [culprit]: `hung for ${seconds} s in an operation that cannot be interrupted`,
    };
    this.#options.onLog('error', culprit, 'hung the plugin worker, which is ended and started without it');
  }

  /** The thread has ended: another takes its place, at once after a hang, more and more slowly after failures. */
  #exit(reason: 'hang' | 'error' | 'exit' | 'stopped', detail: string): void {
    this.#exited?.();
    if (this.#stopping) return;
    // The entry on which a worker died without a culprit is not tried again.
    this.#skipFirst = reason !== 'hang';
    if (reason === 'hang') {
      this.#respawn();
      return;
    }
    this.#options.onLog('error', 'plugins', `the plugin worker ended: ${detail}`);
    const now = performance.now();
    this.#crashes = [...this.#crashes.filter((at) => now - at < 60_000), now];
    const delay = this.#crashes.length > HOST_LIMITS.restarts ? 60_000 : 100 * 2 ** this.#crashes.length;
    setTimeout(() => this.#respawn(), delay).unref();
  }

  #respawn(): void {
    if (this.#stopping) return;
    this.#restarts++;
    this.#callsBase += Atomics.load(this.#stats, STATS.calls) >>> 0;
    // Questions to the old worker: a drain is asked again, a reload has been done by the start of the new one.
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    this.#spawn();
    void this.#whenReady().then(() => {
      for (const [id, resolve] of waiting) {
        this.#waiting.set(id, resolve);
        this.#post({ kind: 'drain', id, upTo: this.#ring.queued() });
      }
    });
  }
}

/** Makes the plugin room; start() loads the plugins. */
export function createPluginHost(options: PluginHostOptions): PluginHost {
  return new Host(options);
}
