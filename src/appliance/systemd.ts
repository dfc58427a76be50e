/**
 * Tells systemd how the service is (sd_notify(3)). Three ways: a datagram by our native module; the npm package
 * systemd-notify for READY and STATUS; the tool itself for what that package cannot say. Failing is never an error of
 * the service: it is counted and said once.
 */
import { spawn } from 'node:child_process';
import { getSystemErrorName } from 'node:util';
import { loadAddon } from '../capture/native/addon.ts';
import { log } from '../log.ts';

/** The part of the native module that is used here. */
export interface Datagrams {
  sdNotify(path: string, text: string): number;
  monotonicUs(): number;
}

export interface NotifierOptions {
  env?: NodeJS.ProcessEnv;
  /** Undefined looks for the native module; null does without. */
  datagrams?: Datagrams | null;
}

export interface Notifier {
  ready(status: string): Promise<void>;
  status(text: string): Promise<void>;
  watchdog(): Promise<void>;
  reloading(): Promise<void>;
  stopping(status: string): Promise<void>;
  /** Milliseconds within which systemd wants a beat; undefined when it does not watch this process. */
  readonly watchdogMs: number | undefined;
  health(): { way: 'none' | 'datagram' | 'tool'; sent: number; failed: number; lastError: string };
}

/** systemd shows one line. */
const STATUS_CHARS = 200;
/** A tool that hangs must not pile up behind each beat. */
const TOOL_MS = 5000;

/** One line without control characters: a text with a newline could carry a second message. */
const oneLine = (text: string): string => text.replaceAll(/\p{Cc}+/gu, ' ').slice(0, STATUS_CHARS);

function watchdogMs(env: NodeJS.ProcessEnv): number | undefined {
  const usec = Number(env['WATCHDOG_USEC']);
  if (!Number.isFinite(usec) || usec <= 0) return undefined;
  const pid = env['WATCHDOG_PID'];
  return pid === undefined || Number(pid) === process.pid ? usec / 1000 : undefined;
}

/** Runs `systemd-notify` with words such as WATCHDOG=1; rejects with what it said. */
function tool(words: string[], env: NodeJS.ProcessEnv): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('systemd-notify', [`--pid=${process.pid}`, ...words], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: TOOL_MS,
    });
    let said = '';
    child.stderr.on('data', (chunk) => {
      said = (said + chunk).slice(0, 500);
    });
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`systemd-notify ended with ${code ?? signal}: ${said.trim()}`));
    });
  });
}

export function createNotifier(options: NotifierOptions = {}): Notifier {
  const env = options.env ?? process.env;
  const socket = env['NOTIFY_SOCKET'];
  const datagrams = options.datagrams === undefined ? loadAddon() : (options.datagrams ?? undefined);
  const way = socket === undefined || socket === '' ? 'none' : datagrams === undefined ? 'tool' : 'datagram';
  let sent = 0;
  let failed = 0;
  let lastError = '';
  let busy = false;

  function failure(words: string[], why: string): void {
    failed += 1;
    if (lastError === '')
      log('warn', 'systemd', `cannot tell systemd ${words[0]}: ${why}; the service runs on without`);
    lastError = why;
  }

  async function viaTool(words: string[]): Promise<void> {
    const [first = ''] = words;
    const status = words.find((word) => word.startsWith('STATUS='))?.slice('STATUS='.length);
    if (first === 'READY=1' || first.startsWith('STATUS=')) {
      const { default: notify } = await import('systemd-notify');
      await notify({ ...(first === 'READY=1' ? { ready: true } : {}), ...(status === undefined ? {} : { status }) });
      return;
    }
    await tool(words, env);
  }

  async function say(words: string[]): Promise<void> {
    if (way === 'none') return;
    if (way === 'datagram') {
      const errno = datagrams!.sdNotify(socket!, words.join('\n'));
      if (errno === 0) sent += 1;
      else failure(words, getSystemErrorName(-errno));
      return;
    }
    if (busy && words[0] === 'WATCHDOG=1') return;
    busy = true;
    try {
      await viaTool(words);
      sent += 1;
    } catch (error) {
      failure(words, error instanceof Error ? error.message : String(error));
    } finally {
      busy = false;
    }
  }

  return {
    ready: (status) => say(['READY=1', `STATUS=${oneLine(status)}`]),
    status: (text) => say([`STATUS=${oneLine(text)}`]),
    watchdog: () => say(['WATCHDOG=1']),
    reloading: () =>
      say(['RELOADING=1', ...(datagrams ? [`MONOTONIC_USEC=${Math.floor(datagrams.monotonicUs())}`] : [])]),
    stopping: (status) => say(['STOPPING=1', `STATUS=${oneLine(status)}`]),
    watchdogMs: way === 'none' ? undefined : watchdogMs(env),
    health: () => ({ way, sent, failed, lastError }),
  };
}
