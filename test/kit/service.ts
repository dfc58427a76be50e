/** The appliance as a process inside a lab's namespace, and a Chromium beside it that can reach its page. */
import { type ChildProcess, execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import type { Lab } from './lab.ts';

const ROOT = join(import.meta.dirname, '../..');

/** Polls until `look` gives a value; rejects with the sentence after `seconds`. */
export async function until<T>(
  what: string,
  look: () => T | undefined | false | Promise<T | undefined | false>,
  seconds = 20,
): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const value = await look();
    if (value) return value;
    if (Date.now() > deadline) throw new Error(`not within ${seconds} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** How the appliance is run here: the bundle where it was built, else the sources. */
export function command(): string[] {
  const bundle = join(ROOT, 'dist/spanwatch.cjs');
  return process.env['SPANWATCH_FROM_SOURCE'] || !existsSync(bundle)
    ? [process.execPath, join(ROOT, 'src/main.ts')]
    : [process.execPath, bundle];
}

export class Service {
  readonly stateDir: string;
  readonly log: string[] = [];
  readonly base: string;
  readonly #lab: Lab;
  readonly #ns: string;
  readonly #args: string[];
  #child: ChildProcess | undefined;

  constructor(lab: Lab, ns: string, args: string[], port = 8080) {
    this.#lab = lab;
    this.#ns = ns;
    this.stateDir = mkdtempSync(join(tmpdir(), 'span-state-'));
    this.base = `http://127.0.0.1:${port}`;
    this.#args = [...args, '--state', this.stateDir, '--port', String(port), '--host', '127.0.0.1'];
  }

  async start(): Promise<void> {
    const [program, ...first] = command();
    this.log.length = 0;
    this.#child = this.#lab.spawn(this.#ns, program!, [...first, 'run', ...this.#args], (line) => this.log.push(line));
    await until('the admin page answers', () => {
      try {
        this.#lab.run(this.#ns, 'curl', '-sf', '-o', '/dev/null', `${this.base}/healthz`);
        return true;
      } catch {
        // 503 while the engine starts is an answer too.
        return this.log.some((line) => line.includes('ready'));
      }
    });
  }

  /** Process ids of the engine that this appliance started. */
  enginePids(): number[] {
    const out = execFileSync('sh', ['-c', `grep -lsa -- 'engine' /proc/[0-9]*/cmdline || true`], { encoding: 'utf8' });
    return out
      .split('\n')
      .flatMap((path) => /\/proc\/(\d+)\//.exec(path)?.[1] ?? [])
      .map(Number)
      .filter((pid) => {
        try {
          const args = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
          return (
            args.includes('engine') &&
            args.some((arg) => arg.startsWith(this.stateDir) || arg.includes('engine.sock')) &&
            this.#mine(pid)
          );
        } catch {
          return false;
        }
      });
  }

  /** The process lives in this lab's namespace: another test's engine is not ours. */
  #mine(pid: number): boolean {
    const pids = execFileSync('ip', ['netns', 'pids', this.#ns], { encoding: 'utf8' });
    return pids.split('\n').includes(String(pid));
  }

  kill(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child!;
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill(signal);
    return gone;
  }

  /** Ends appliance and engine and takes the state away. */
  async stop(): Promise<void> {
    if (this.#child && this.#child.exitCode === null && this.#child.signalCode === null) await this.kill('SIGTERM');
    for (const pid of this.enginePids()) process.kill(pid, 'SIGKILL');
    rmSync(this.stateDir, { recursive: true, force: true });
  }
}

/** A Chromium whose network is that of the namespace. */
export async function browserIn(ns: string): Promise<{ browser: Browser; close(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'span-chromium-'));
  const wrapper = join(folder, 'chromium');
  writeFileSync(
    wrapper,
    `#!/bin/sh\nexec ip netns exec ${ns} ${process.env['CHROMIUM'] ?? '/usr/bin/chromium'} "$@"\n`,
  );
  chmodSync(wrapper, 0o755);
  const args = [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ];
  const browser = await chromium.launch({ executablePath: wrapper, args });
  return {
    browser,
    close: async () => {
      await browser.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
