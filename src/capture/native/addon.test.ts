import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type Addon, addonProblem, loadAddon } from './addon.ts';

const skip = addonProblem() ?? false;
const notRoot = process.getuid?.() !== 0 && 'needs root: packet sockets';
const ADDON = new URL('addon.ts', import.meta.url).href;
const BLOCK = 1 << 18;

function open(addon: Addon, name = 'lo', blockBytes = BLOCK, blockCount = 4) {
  return addon.open(name, blockBytes, blockCount, 0, true, 20, () => {});
}

describe('native module', { skip }, () => {
  const addon = loadAddon()!;

  test('wrong arguments are errors with a code', () => {
    const broken = addon as unknown as Record<string, (...args: unknown[]) => unknown>;
    for (const name of ['open', 'close', 'statistics', 'sdNotify']) {
      for (const args of [[], [{}], ['x', {}, {}, {}, {}, {}, {}], [null, 'x'], [Symbol('x'), 'x']]) {
        assert.throws(() => broken[name]!(...args), { code: 'EINVAL', syscall: name });
      }
    }
  });

  test('monotonic microseconds', () => {
    const before = addon.monotonicUs();
    const later = addon.monotonicUs();
    assert.ok(later >= before && later - before < 1e6);
    assert.ok(Math.abs(before / 1000 - Number(process.hrtime.bigint()) / 1e6) < 1000);
  });

  test('failures to open name the call', { skip: notRoot }, () => {
    assert.throws(() => open(addon, 'nosuchif'), { code: 'ENODEV', syscall: 'SIOCGIFINDEX' });
    assert.throws(() => open(addon, ''), { code: 'ENODEV' });
    assert.throws(() => open(addon, 'x'.repeat(100)), { code: 'ENODEV' });
    assert.throws(() => open(addon, 'lo', 12_345), { code: 'EINVAL', syscall: 'PACKET_RX_RING' });
  });

  test('a closed ring has no memory and refuses further use', { skip: notRoot }, async () => {
    for (let i = 0; i < 50; i++) {
      const opened = open(addon);
      assert.equal(opened.memory.byteLength, 4 * BLOCK);
      assert.equal(opened.hardwareType, 772);
      const counters = new Uint32Array(3);
      assert.equal(addon.statistics(opened.ring, counters), 0);
      addon.close(opened.ring);
      assert.equal(opened.memory.byteLength, 0);
      assert.throws(() => addon.close(opened.ring), { code: 'EINVAL' });
      assert.throws(() => addon.statistics(opened.ring, counters), { code: 'EINVAL' });
      if (i % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
  });

  test('threads and processes may end with a ring open', { skip: notRoot }, () => {
    const use = `
      import { Worker } from 'node:worker_threads';
      import { loadAddon } from ${JSON.stringify(ADDON)};
      loadAddon().open('lo', ${BLOCK}, 4, 0, true, 20, () => {});`;
    const inThread = `data:text/javascript,${encodeURIComponent(`${use}setInterval(() => {}, 1000);`)}`;
    const program = `${use}
      for (let i = 0; i < 3; i++) {
        const worker = new Worker(new URL(${JSON.stringify(inThread)}));
        worker.on('error', (error) => { console.error(error); process.exit(3); });
        await new Promise((resolve) => setTimeout(resolve, 150));
        await worker.terminate();
      }
      process.exit(0);`;
    execFileSync(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'ignore', 'inherit'] });
  });

  test('an exception of the callback is the process’s uncaughtException', { skip: notRoot }, () => {
    const program = `
      import { createSocket } from 'node:dgram';
      import { loadAddon } from ${JSON.stringify(ADDON)};
      process.on('uncaughtException', (error) => process.exit(error.message === 'from onWake' ? 0 : 1));
      loadAddon().open('lo', ${BLOCK}, 4, 0, true, 20, () => { throw new Error('from onWake'); });
      createSocket('udp4').send('x', 9, '127.0.0.1');
      setTimeout(() => process.exit(2), 3000);`;
    execFileSync(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'ignore', 'inherit'] });
  });

  test('sdNotify gives the errno', () => {
    assert.equal(addon.sdNotify('/nowhere/notify', 'READY=1'), 2);
    assert.equal(addon.sdNotify('@spanwatch-nobody-listens', 'READY=1'), 111);
    assert.equal(addon.sdNotify('', 'READY=1'), 22);
    assert.equal(addon.sdNotify(`/${'x'.repeat(200)}`, 'READY=1'), 36);
    assert.equal(addon.sdNotify('@x', 'x'.repeat(5000)), 36);
  });

  test('sdNotify reaches path and abstract sockets', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'spanwatch-notify-'));
    t.after(() => rmSync(folder, { recursive: true }));
    for (const path of [join(folder, 'notify'), `@spanwatch-test-${process.pid}`]) {
      const program = `
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.settimeout(10)
s.bind(sys.argv[1].replace("@", "\\0", 1))
print("bound", flush=True)
sys.stdout.write(s.recv(4096).decode())`;
      const receiver = spawn('python3', ['-c', program, path], { stdio: ['ignore', 'pipe', 'inherit'] });
      let heard = '';
      receiver.stdout.on('data', (chunk) => {
        heard += chunk;
      });
      const started = await Promise.race([
        once(receiver.stdout, 'data'),
        once(receiver, 'error').then(() => undefined),
      ]).catch(() => undefined);
      if (started === undefined) {
        t.skip('python3 is not installed to listen');
        return;
      }
      assert.equal(addon.sdNotify(path, 'READY=1\nSTATUS=capturing on ë'), 0);
      await once(receiver, 'close');
      assert.equal(heard, 'bound\nREADY=1\nSTATUS=capturing on ë');
    }
  });
});

test('a module that is no module is a sentence', () => {
  const program = `
    import { addonProblem, loadAddon } from ${JSON.stringify(ADDON)};
    console.log(loadAddon(), addonProblem());`;
  const run = (path: string) =>
    execFileSync(process.execPath, ['--input-type=module', '-e', program], {
      encoding: 'utf8',
      env: { ...process.env, SPANWATCH_NATIVE: path },
    });
  assert.match(
    run('/nowhere.node'),
    /^undefined loading the native module: not found at \/nowhere.node; run scripts\/build-native/,
  );
  assert.match(
    run(fileURLToPath(ADDON)),
    /^undefined loading the native module .*addon.ts: .*; run scripts\/build-native/,
  );
});
