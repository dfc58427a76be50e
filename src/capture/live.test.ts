/** The ring and libpcap's fallback on a real veth pair: frames, states, vanishing, privileges. Needs root. */
import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { capProblem } from './cap.ts';
import type { ChildLine } from './live-child.ts';
import { addonProblem } from './native/addon.ts';
import type { SourceState } from './source.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const SENDER = `${ROOT}dist/bench/sender`;
const CHILD = fileURLToPath(new URL('live-child.ts', import.meta.url));
const near = `swt-n${process.pid}`;
const far = `swt-f${process.pid}`;

const skip =
  process.getuid?.() !== 0
    ? 'needs root: network namespaces and packet sockets'
    : addonProblem() !== undefined && `${addonProblem()}`;

const run = (command: string, ...args: string[]) => execFileSync(command, args, { encoding: 'utf8' });
const ip = (...args: string[]) => run('ip', ...args);
const send = (...args: string[]) => ip('netns', 'exec', far, SENDER, 'swf', ...args);

function makeLink(): void {
  ip('-n', far, 'link', 'add', 'swf', 'type', 'veth', 'peer', 'name', 'swn', 'netns', near);
  ip('-n', far, 'link', 'set', 'swf', 'up');
  ip('-n', near, 'link', 'set', 'swn', 'up');
}

type Report = Extract<ChildLine, { stats: unknown }>;

/** live-child.ts in the near namespace. */
class Child {
  /** Those that a failed test left behind are ended, or the test run would wait for them. */
  static readonly running = new Set<ChildProcess>();
  readonly states: SourceState[] = [];
  readonly process: ChildProcess;
  #report: ((report: Report) => void) | undefined;
  #changed: (() => void) | undefined;

  constructor(args: string[], wrap: string[] = []) {
    this.process = spawn('ip', ['netns', 'exec', near, ...wrap, process.execPath, CHILD, ...args], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    Child.running.add(this.process);
    this.process.on('exit', () => Child.running.delete(this.process));
    createInterface({ input: this.process.stdout! }).on('line', (text) => {
      const line = JSON.parse(text) as ChildLine;
      if ('state' in line) this.states.push(line.state);
      else this.#report?.(line);
      this.#changed?.();
    });
  }

  /** Resolves when the newest state has this reason ("" for running). */
  async until(reason: string): Promise<SourceState> {
    const deadline = AbortSignal.timeout(15_000);
    for (;;) {
      const state = this.states.at(-1);
      if (state !== undefined && (state.reason ?? '') === reason) return state;
      await new Promise<void>((resolve, reject) => {
        this.#changed = resolve;
        deadline.onabort = () =>
          reject(new Error(`no state ${reason || 'running'} after 15 s: ${JSON.stringify(this.states)}`));
      });
    }
  }

  report(): Promise<Report> {
    const answer = new Promise<Report>((resolve) => {
      this.#report = resolve;
    });
    this.process.stdin!.write('report\n');
    return answer;
  }

  /** Reports until so many frames of the shape came, or two seconds went by. */
  async expect(shape: string, count: number): Promise<Report> {
    for (let i = 0; ; i++) {
      const report = await this.report();
      if (report.shapes[shape] === count || i === 40) {
        assert.equal(report.shapes[shape], count, JSON.stringify(report));
        return report;
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async stop(): Promise<void> {
    this.process.stdin!.end();
    if (this.process.exitCode === null) await once(this.process, 'exit');
    assert.equal(this.process.exitCode, 0);
    assert.equal(this.process.signalCode, null);
  }
}

describe('live capture', { skip }, () => {
  before(() => {
    if (!existsSync(SENDER)) {
      run('mkdir', '-p', `${ROOT}dist/bench`);
      run('gcc', '-O2', '-o', SENDER, `${ROOT}scripts/bench/sender.c`);
    }
    for (const namespace of [near, far]) {
      ip('netns', 'add', namespace);
      ip('netns', 'exec', namespace, 'sysctl', '-qw', 'net.ipv6.conf.all.disable_ipv6=1');
      ip('netns', 'exec', namespace, 'sysctl', '-qw', 'net.ipv6.conf.default.disable_ipv6=1');
    }
    makeLink();
  });
  after(() => {
    for (const child of Child.running) child.kill('SIGKILL');
    for (const namespace of [near, far]) ip('netns', 'del', namespace);
  });

  test('ring: frames, lengths, tags, time stamps', async () => {
    const child = new Child(['swn', 'ring']);
    await child.until('');
    send('--size', '64', '--count', '3000', '--rate', '30000', '--flows', '100');
    send('--size', '1514', '--count', '500', '--rate', '30000');
    send('--size', '68', '--count', '10', '--vlan', '8199');
    await child.expect('64/64/-1/1', 3000);
    await child.expect('1514/1514/-1/1', 500);
    // The kernel hands a tag beside the frame: 8199 is priority 1, VLAN 7.
    const { stats, slices, delayMs, kind } = await child.expect('64/64/8199/1', 10);
    assert.equal(kind, 'ring');
    assert.equal(stats.received, 3510);
    assert.equal(stats.kernelDropped, 0);
    assert.equal(stats.interfaceDropped, 0);
    assert.equal(stats.truncated, 0);
    assert.ok(slices > 5);
    assert.ok(delayMs[0] > -5 && delayMs[1] < 500, `${delayMs}`);
    await child.stop();
  });

  test('ring: one frame on a quiet link comes promptly, timers go on without frames', async () => {
    const child = new Child(['swn', 'ring']);
    await child.until('');
    const idle = (await child.report()).slices;
    await new Promise((resolve) => setTimeout(resolve, 600));
    assert.ok((await child.report()).slices - idle >= 4);
    send('--count', '1');
    const { delayMs } = await child.expect('64/64/-1/1', 1);
    assert.ok(delayMs[1] < 200, `delivered after ${delayMs[1]} ms`);
    await child.stop();
  });

  test('ring: cut frames keep their wire length', async () => {
    const child = new Child(['swn', 'ring', '96']);
    await child.until('');
    send('--size', '800', '--count', '20');
    const { stats } = await child.expect('96/800/-1/1', 20);
    assert.equal(stats.truncated, 20);
    await child.stop();
  });

  test('ring: a flood leaves the event loop its turns, and every frame is accounted for', async () => {
    const child = new Child(['swn', 'ring', '0', '20']);
    await child.until('');
    const count = 150_000;
    const flood = spawn('ip', ['netns', 'exec', far, SENDER, 'swf', '--count', `${count}`, '--rate', '150000']);
    const ended = once(flood, 'exit');
    await new Promise((resolve) => setTimeout(resolve, 400));
    const asked = performance.now();
    const during = await child.report();
    const took = performance.now() - asked;
    assert.ok(during.stats.received > 0 && during.stats.received < count, 'asked during the flood');
    assert.ok(took < 1000, `answered after ${took} ms`);
    await ended;
    let report = await child.report();
    for (let before = -1; report.stats.received !== before; report = await child.report()) {
      before = report.stats.received;
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    assert.ok(report.stats.yields > 5, `${report.stats.yields} yields`);
    assert.equal(report.stats.received + report.stats.kernelDropped!, count);
    await child.stop();
  });

  test('ring: loopback packets are seen once', async () => {
    ip('-n', near, 'link', 'set', 'lo', 'up');
    const child = new Child(['lo', 'ring']);
    await child.until('');
    const script =
      "const s = require('dgram').createSocket('udp4'); s.send(Buffer.alloc(58), 9, '127.0.0.1', () => s.close())";
    ip('netns', 'exec', near, process.execPath, '-e', script);
    await child.expect('100/100/-1/1', 1);
    await child.stop();
  });

  for (const kind of ['ring', 'cap']) {
    const missing = kind === 'cap' && (capProblem() ?? false);

    test(`${kind}: down, dark, gone and back`, { skip: missing }, async () => {
      const child = new Child(['swn', kind]);
      await child.until('');
      ip('-n', near, 'link', 'set', 'swn', 'down');
      const down = await child.until('interface_down');
      assert.equal(down.status, 'waiting');
      assert.match(down.text, /swn: the interface is switched off; run: ip link set swn up/);
      ip('-n', near, 'link', 'set', 'swn', 'up');
      await child.until('');
      ip('-n', far, 'link', 'set', 'swf', 'down');
      assert.equal((await child.until('no_carrier')).status, 'waiting');
      ip('-n', far, 'link', 'set', 'swf', 'up');
      await child.until('');
      send('--count', '5', '--rate', '1000');
      await child.expect('64/64/-1/1', 5);
      ip('-n', near, 'link', 'del', 'swn');
      assert.equal((await child.until('no_such_interface')).status, 'waiting');
      makeLink();
      await child.until('');
      send('--count', '7', '--rate', '1000');
      const { stats } = await child.expect('64/64/-1/1', 12);
      assert.equal(stats.received, 12);
      await child.stop();
    });

    test(`${kind}: an interface that is not there yet`, { skip: missing }, async () => {
      const child = new Child(['swlate', kind]);
      await child.until('no_such_interface');
      ip('-n', near, 'link', 'add', 'swlate', 'type', 'veth', 'peer', 'name', 'swpeer');
      ip('-n', near, 'link', 'set', 'swpeer', 'up');
      await child.until('interface_down');
      ip('-n', near, 'link', 'set', 'swlate', 'up');
      await child.until('');
      ip('-n', near, 'link', 'del', 'swlate');
      await child.until('no_such_interface');
      await child.stop();
    });

    test(`${kind}: down for a moment only`, { skip: missing }, async () => {
      const child = new Child(['swn', kind]);
      await child.until('');
      ip('-n', near, 'link', 'set', 'swn', 'down');
      ip('-n', near, 'link', 'set', 'swn', 'up');
      send('--count', '3500', '--rate', '700');
      const { stats } = await child.report();
      assert.ok(stats.received > 300, `${stats.received} frames of 3,500`);
      await child.until('');
      await child.stop();
    });

    test(`${kind}: without the privilege`, { skip: missing }, async () => {
      const nobody = ['setpriv', '--bounding-set', '-all', '--inh-caps', '-all', '--clear-groups', '--reuid', '65534'];
      const child = new Child(['swn', kind], nobody);
      const { status, text } = await child.until('no_permission');
      assert.equal(status, 'failed');
      assert.match(text, /swn: capturing needs the capability CAP_NET_RAW; run as/);
      await child.stop();
    });
  }

  test('cap: frames and honest gaps', { skip: capProblem() ?? false }, async () => {
    const child = new Child(['swn', 'cap']);
    assert.match((await child.until('')).text, /through libpcap: drops are not counted/);
    // Slow enough for a busy machine: what libpcap drops it does not count.
    send('--size', '64', '--count', '300', '--rate', '500');
    const { stats, delayMs } = await child.expect('64/64/-1/1', 300);
    assert.equal(stats.kernelDropped, null);
    assert.ok(delayMs[1] < 500, `${delayMs}`);
    await child.stop();
  });

  test('auto takes the ring', async () => {
    const child = new Child(['swn', 'auto']);
    await child.until('');
    assert.equal((await child.report()).kind, 'ring');
    await child.stop();
  });

  test('names that would leave /sys/class/net', async () => {
    for (const name of ['../../etc', '.', '', 'a-name-that-is-too-long']) {
      const child = new Child([name, 'ring']);
      await child.until('no_such_interface');
      await child.stop();
    }
  });
});
