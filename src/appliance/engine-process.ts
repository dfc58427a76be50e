/** The engine as a process: starting it, knowing it again after our own crash, ending it for good. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { isSea } from 'node:sea';
import { setTimeout as sleep } from 'node:timers/promises';
import { processIdentity } from './process-identity.ts';
import { writeFileAtomic } from './write-file-atomic.ts';

export interface EngineCommand {
  file: string;
  /** Everything after the program: script, "engine", its options. */
  args: string[];
}

/**
 * V8 reserves 8 GB of addresses for each WebAssembly memory unless its trap handler is off, and every plugin has one: a
 * kernel with 39-bit addresses (a Raspberry Pi's) would end at about 58. The speed is the same without it.
 * A young generation of 4 MB instead of 16 keeps the heap of an engine with 50,000 flows at 70 MB instead of 190, for a
 * few per cent of time while flows are new. Growing the heap in small steps leaves 70 MB less unused with 100,000 flows;
 * making flows then takes a third more time, packets of known flows take the same.
 */
const NODE_FLAGS = ['--disable-wasm-trap-handler', '--max-semi-space-size=4', '--optimize-for-size'];

/** This same program with other arguments, bundled, as a single executable, or from source. */
export function ownCommand(args: string[]): EngineCommand {
  const script = process.argv[1];
  return {
    file: process.execPath,
    args: isSea() || script === undefined ? args : [...process.execArgv, ...NODE_FLAGS, script, ...args],
  };
}

/** What is remembered of a started engine, beside its socket. */
export interface EngineRecord {
  pid: number;
  /** See process-identity.ts. */
  identity: string;
  command: EngineCommand;
}

/** Variables that would let the engine speak to systemd in the appliance's name. */
const NOT_FOR_THE_ENGINE = ['NOTIFY_SOCKET', 'WATCHDOG_USEC', 'WATCHDOG_PID'];

/** Starts the engine in a session of its own, so that a crash or a Ctrl-C of ours does not take it along. */
export async function startEngine(command: EngineCommand, recordFile: string): Promise<ChildProcess> {
  // Two arenas: glibc's default of eight per core keeps freed memory in each.
  const env: NodeJS.ProcessEnv = { MALLOC_ARENA_MAX: '2', ...process.env };
  for (const name of NOT_FOR_THE_ENGINE) delete env[name];
  const child = spawn(command.file, command.args, { detached: true, env, stdio: ['ignore', 'inherit', 'inherit'] });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (error) => reject(new Error(`cannot start ${command.file}: ${error.message}`)));
  });
  const pid = child.pid!;
  const record: EngineRecord = { pid, identity: (await processIdentity(pid)) ?? '', command };
  await writeFileAtomic(recordFile, `${JSON.stringify(record)}\n`).catch(() => {
    // Without the record a later appliance starts a fresh engine instead of finding this one.
  });
  return child;
}

/** The engine of an earlier appliance, when it still runs. */
export async function survivingEngine(recordFile: string): Promise<EngineRecord | undefined> {
  try {
    const record = JSON.parse(await readFile(recordFile, 'utf8')) as EngineRecord;
    if (!Number.isInteger(record.pid) || record.pid <= 1 || !Array.isArray(record.command?.args)) return undefined;
    return (await isRunning(record)) ? record : undefined;
  } catch {
    return undefined;
  }
}

export async function isRunning(record: Pick<EngineRecord, 'pid' | 'identity'>): Promise<boolean> {
  const identity = await processIdentity(record.pid);
  return identity !== undefined && identity === record.identity;
}

/** Ends the process: asks, then after `graceMs` kills; resolves when it is gone. A process that is not ours is left alone. */
export async function endEngine(record: Pick<EngineRecord, 'pid' | 'identity'>, graceMs: number): Promise<void> {
  const signal = async (name: NodeJS.Signals, waitMs: number): Promise<boolean> => {
    if (!(await isRunning(record))) return true;
    try {
      process.kill(record.pid, name);
    } catch {
      return true;
    }
    const until = performance.now() + waitMs;
    while (performance.now() < until) {
      if (!(await isRunning(record))) return true;
      await sleep(20);
    }
    return false;
  };
  if (graceMs > 0 && (await signal('SIGTERM', graceMs))) return;
  await signal('SIGKILL', 2000);
}

export async function recordOf(recordFile: string): Promise<EngineRecord | undefined> {
  try {
    return JSON.parse(await readFile(recordFile, 'utf8')) as EngineRecord;
  } catch {
    return undefined;
  }
}
