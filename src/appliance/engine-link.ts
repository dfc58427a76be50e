/**
 * Keeps an engine running and talks to it: takes over one that survived us, starts one when there is none, ends one that
 * hangs, and waits longer after each failure. What the pages need of the engine is answered from what it last said.
 */
import type { ChildProcess } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AlertEvent } from '../alerts/alert.ts';
import { connectEngine, type EngineConnection, VersionMismatch } from '../link/client.ts';
import { log } from '../log.ts';
import type { EngineConfig, EngineStats, ToAppliance } from '../messages.ts';
import type { PluginInfo } from '../plugins/types.ts';
import {
  type EngineCommand,
  type EngineRecord,
  endEngine,
  isRunning,
  recordOf,
  startEngine,
  survivingEngine,
} from './engine-process.ts';
import { createLogRing } from './log-ring.ts';
import type { EnginePort } from './port.ts';

/** Times in ms, and why. */
export const LINK_TIMES = {
  /** First wait after a failure, doubled each time: a crash is repaired within a second. */
  backoffFirst: 250,
  backoffMost: 30_000,
  /** An engine that ran this long starts the doubling anew. */
  stable: 60_000,
  /** From start to hello; a Pi needs about 3 s. */
  hello: 15_000,
  /** Figures come every second; an engine that says nothing for this long is ended. */
  silence: 15_000,
  /** Reconnecting to an engine that lives but lost the line. */
  reconnect: 3000,
  /** What it may take to end when asked. */
  grace: 5000,
  flows: 3000,
  ask: 5000,
  /** Loading a hundred plugins on a Pi. */
  reload: 60_000,
};

export interface EngineLinkOptions {
  /** Private folder for socket and record. */
  runtimeDir: string;
  version: string;
  /** How to start the engine that listens on `socketPath`; undefined while there is nothing to watch, with the reason. */
  command(socketPath: string): EngineCommand | { waitFor: string };
  /** What the engine is told after each connect; `release` is the link's own business. */
  config(): Omit<EngineConfig, 'release'>;
  /** Resolves when the alerts are on the disk; only then are they acknowledged. */
  onAlerts(items: AlertEvent[]): Promise<void>;
  /** A new engine runs, which has no memory of what the last one had engaged. */
  onFresh?(): void;
  onPlugins?(items: PluginInfo[]): void;
  onStats?(stats: EngineStats): void;
  times?: Partial<typeof LINK_TIMES>;
}

export interface EngineLink extends EnginePort {
  start(): Promise<void>;
  /** Ends the engine (it hands over its last alerts first) and the supervision. */
  stop(): Promise<void>;
  /** Sends the configuration again. */
  configure(): void;
  /** Ends the running engine with this reason; the supervision starts the next one at once. */
  restart(reason: string): void;
  /** As restart, but for an engine that works badly: the next start waits as after a crash. */
  fail(reason: string): void;
  health(): { counters: { parseErrors: number; linesTooLong: number }; adopted: boolean };
}

/** `expected`: wanted by us, so the next start does not wait. */
type Ended = { why: string; expected: boolean };
/** `over`: we ended the engine; otherwise only the line is known to be lost. */
type Served = Ended & { over: boolean };

export function createEngineLink(options: EngineLinkOptions): EngineLink {
  const times = { ...LINK_TIMES, ...options.times };
  const socketPath = join(options.runtimeDir, 'engine.sock');
  const recordFile = join(options.runtimeDir, 'engine.json');
  const logs = createLogRing();
  const counters = { parseErrors: 0, linesTooLong: 0 };
  let state: ReturnType<EnginePort['state']> = {
    status: 'starting',
    reason: '',
    restarts: 0,
    pid: 0,
    sinceMs: Date.now(),
  };
  let stats: EngineStats | undefined;
  let plugins: PluginInfo[] = [];
  let connection: EngineConnection | undefined;
  let engine: Pick<EngineRecord, 'pid' | 'identity'> | undefined;
  let adopted = false;
  let stopping = false;
  let supervision: Promise<void> | undefined;
  /** Ends the wait of the supervision, whatever it waits for. */
  let wake: (() => void) | undefined;
  let restartReason: Ended | undefined;
  let heardAt = 0;

  function become(status: 'starting' | 'running' | 'down', reason: string): void {
    if (state.status === status && state.reason === reason) return;
    state = { ...state, status, reason, sinceMs: Date.now(), pid: engine?.pid ?? 0 };
  }

  function note(level: 'error' | 'warn' | 'info', text: string): void {
    log(level, 'engine-link', text);
    logs.add(level, 'appliance', text);
  }

  /** Waits, but no longer than until wake(). */
  async function pause(ms: number): Promise<void> {
    const cut = new AbortController();
    const mine = (): void => cut.abort();
    wake = mine;
    await sleep(ms, undefined, { signal: cut.signal }).catch(() => {});
    if (wake === mine) wake = undefined;
  }

  function receive(message: Exclude<ToAppliance, { kind: 'hello' | 'flows' | 'reloaded' | 'answer' }>): void {
    heardAt = performance.now();
    switch (message.kind) {
      case 'stats':
        stats = message.stats;
        options.onStats?.(message.stats);
        return;
      case 'alerts': {
        const keys = message.items.map((item) => item.key).filter((key) => typeof key === 'string');
        // The line may have changed while the disk worked; keys are unique, so any connection will do.
        void options.onAlerts(message.items).then(() => connection?.send({ kind: 'ack', keys }));
        return;
      }
      case 'plugins':
        plugins = message.items;
        options.onPlugins?.(message.items);
        return;
      case 'log':
        logs.add(message.level, message.source, message.text);
        return;
    }
  }

  function connect(timeoutMs: number, onClose: (why: string) => void): Promise<EngineConnection> {
    return connectEngine(
      {
        socketPath,
        version: options.version,
        onMessage: receive,
        onClose,
        onRefused(what) {
          if (what === 'parse_error') counters.parseErrors += 1;
          else counters.linesTooLong += 1;
          if (counters.parseErrors + counters.linesTooLong === 1) {
            note('warn', `the engine sent something that cannot be read (${what}); further ones are only counted`);
          }
        },
      },
      timeoutMs,
    );
  }

  /** Connects until it works, `alive` says no, or the time is over; rejects with the last error. */
  async function connectWithin(ms: number, alive: () => Promise<boolean>, onClose: (why: string) => void) {
    const until = performance.now() + ms;
    for (;;) {
      try {
        return await connect(Math.max(100, until - performance.now()), onClose);
      } catch (error) {
        if (error instanceof VersionMismatch || stopping || performance.now() > until || !(await alive())) throw error;
      }
      await pause(50);
    }
  }

  /** One connection from hello to its end. */
  async function serve(open: EngineConnection, closed: Promise<string>): Promise<Served> {
    connection = open;
    heardAt = performance.now();
    become('running', '');
    open.send({ kind: 'configure', config: { ...options.config(), release: [] } });
    for (;;) {
      const why = await Promise.race([closed, tickOrWake()]);
      if (why !== undefined) {
        connection = undefined;
        return { why, expected: false, over: false };
      }
      const silentMs = performance.now() - heardAt;
      if (silentMs > times.silence)
        restartReason ??= { why: `it said nothing for ${Math.round(silentMs / 1000)} s`, expected: false };
      if (restartReason === undefined && !stopping) continue;
      const ended = restartReason ?? { why: 'the appliance stops', expected: true };
      restartReason = undefined;
      await endPolitely(open, closed, !ended.expected);
      connection = undefined;
      return { ...ended, over: true };
    }
  }

  async function tickOrWake(): Promise<undefined> {
    await pause(250);
    return undefined;
  }

  async function endPolitely(open: EngineConnection, closed: Promise<string>, hangs: boolean): Promise<void> {
    if (!hangs) {
      open.send({ kind: 'stop' });
      await Promise.race([closed, sleep(times.grace, undefined, { ref: false })]);
    }
    open.close();
    if (engine !== undefined) await endEngine(engine, hangs ? 0 : 1000);
  }

  /** One engine from start (or adoption) to its end. */
  async function oneEngine(): Promise<Ended> {
    const command = options.command(socketPath);
    if ('waitFor' in command) {
      become('down', command.waitFor);
      await pause(60_000);
      return { why: command.waitFor, expected: true };
    }
    become('starting', state.reason);
    let child: ChildProcess | undefined;
    const survivor = await survivingEngine(recordFile);
    if (survivor !== undefined && JSON.stringify(survivor.command) === JSON.stringify(command)) {
      engine = survivor;
      adopted = true;
      note('info', `found the engine of an earlier run (pid ${survivor.pid}), connecting`);
    } else {
      if (survivor !== undefined) await endEngine(survivor, times.grace);
      child = await startEngine(command, recordFile);
      engine = (await recordOf(recordFile)) ?? { pid: child.pid!, identity: '' };
      adopted = false;
      options.onFresh?.();
    }
    const current = engine;
    state = { ...state, pid: current.pid };
    const exit = child === undefined ? undefined : exitOf(child);
    let patienceMs = adopted ? times.reconnect : times.hello;
    for (;;) {
      const closing = Promise.withResolvers<string>();
      let open: EngineConnection;
      try {
        open = await connectWithin(patienceMs, () => isRunning(current), closing.resolve);
      } catch (error) {
        const ended = exit === undefined ? undefined : await Promise.race([exit, sleep(200)]);
        await endEngine(current, stopping ? 1000 : 0);
        return { why: typeof ended === 'string' ? ended : (error as Error).message, expected: stopping };
      }
      const ended = await serve(open, closing.promise);
      if (ended.over) return ended;
      // A line that broke while the engine lives is tied again; an engine that died says how.
      const how = exit === undefined ? undefined : await Promise.race([exit, sleep(300)]);
      if (typeof how === 'string') return { why: how, expected: false };
      if (!(await isRunning(current))) return { why: `it ended (${ended.why})`, expected: false };
      become('starting', `the connection was lost: ${ended.why}`);
      patienceMs = times.reconnect;
    }
  }

  async function supervise(): Promise<void> {
    let backoff = times.backoffFirst;
    while (!stopping) {
      const began = performance.now();
      const ended = await oneEngine().catch((error: Error): Ended => ({ why: error.message, expected: false }));
      const had = engine !== undefined;
      engine = undefined;
      stats = undefined;
      if (stopping) break;
      if (had) state = { ...state, restarts: state.restarts + 1 };
      if (ended.expected) {
        if (had) note('info', `the engine was ended: ${ended.why}`);
        become(had ? 'starting' : 'down', ended.why);
        continue;
      }
      if (performance.now() - began > times.stable) backoff = times.backoffFirst;
      const reason = `the engine failed: ${ended.why}; next start in ${(backoff / 1000).toFixed(1)} s`;
      note('error', reason);
      become('down', reason);
      await pause(backoff);
      backoff = Math.min(backoff * 2, times.backoffMost);
    }
    become('down', 'the appliance stops');
  }

  const notRunning = (): Error => new Error(`the engine is not running: ${state.reason || 'it is starting'}`);

  return {
    async start() {
      stopping = false;
      await mkdir(options.runtimeDir, { recursive: true, mode: 0o700 });
      supervision = supervise();
    },
    async stop() {
      stopping = true;
      wake?.();
      await supervision;
    },
    configure() {
      connection?.send({ kind: 'configure', config: { ...options.config(), release: [] } });
      // Nothing to watch may have become something to watch.
      if (engine === undefined) wake?.();
    },
    restart(reason) {
      if (engine !== undefined) restartReason = { why: reason, expected: true };
      wake?.();
    },
    fail(reason) {
      if (connection === undefined) return;
      restartReason = { why: reason, expected: false };
      wake?.();
    },
    state: () => state,
    stats: () => stats,
    plugins: () => plugins,
    async flows(query) {
      if (connection === undefined) throw notRunning();
      const reply = await connection.request({ kind: 'flows', query }, times.flows);
      return reply.kind === 'flows' ? { total: reply.total, items: reply.items } : { total: 0, items: [] };
    },
    async flow(id) {
      if (connection === undefined) throw notRunning();
      const reply = await connection.request({ kind: 'flow', id }, times.flows);
      return reply.kind === 'flows' ? reply.items[0] : undefined;
    },
    async ask(topic, args, timeoutMs = times.ask) {
      if (connection === undefined) throw notRunning();
      const reply = await connection.request({ kind: 'ask', topic, args }, timeoutMs);
      if (reply.kind !== 'answer') throw new Error(`the engine answered ${topic} with ${reply.kind}`);
      if (!reply.ok) throw new Error(reply.error);
      return reply.value as never;
    },
    async reloadPlugins() {
      if (connection === undefined) return { ok: false, text: notRunning().message };
      try {
        const reply = await connection.request({ kind: 'reload' }, times.reload);
        return reply.kind === 'reloaded'
          ? { ok: reply.ok, text: reply.text }
          : { ok: false, text: 'an unexpected reply' };
      } catch (error) {
        return { ok: false, text: (error as Error).message };
      }
    },
    releasePlugin(key) {
      if (connection === undefined) return Promise.reject(notRunning());
      connection.send({ kind: 'configure', config: { ...options.config(), release: [key] } });
      return Promise.resolve();
    },
    logs: () => logs.lines(),
    health: () => ({ counters: { ...counters }, adopted }),
  };
}

/** Resolves with a sentence when the child ends. */
function exitOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    const tell = (code: number | null, signal: NodeJS.Signals | null): void =>
      resolve(signal === null ? `it ended with code ${code}` : `it was ended by ${signal}`);
    if (child.exitCode !== null || child.signalCode !== null) tell(child.exitCode, child.signalCode);
    else child.once('exit', tell);
  });
}
