import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadAddon } from '../capture/native/addon.ts';
import { canReceive, receiveNotifications } from './notify-receiver.ts';
import { createNotifier } from './systemd.ts';

const root = await mkdtemp(join(tmpdir(), 'spanwatch-notify-'));
after(() => rm(root, { recursive: true, force: true }));

const python = canReceive();
const tool = spawnSync('systemd-notify', ['--version']).status === 0;

async function until(what: () => boolean, got: unknown = ''): Promise<void> {
  for (let i = 0; i < 500 && !what(); i++) await sleep(10);
  assert.ok(what(), `never happened: ${what} ${JSON.stringify(got)}`);
}

async function receiver(t: TestContext, path: string): Promise<string[]> {
  const { got, stop } = await receiveNotifications(path);
  t.after(stop);
  return got;
}

/** READY and STATUS go through a package that hands its own environment on. */
async function withEnv<T>(change: Record<string, string>, run: () => Promise<T>): Promise<T> {
  const before = { ...process.env };
  Object.assign(process.env, change);
  try {
    return await run();
  } finally {
    for (const name of Object.keys(change)) delete process.env[name];
    Object.assign(process.env, before);
  }
}

for (const [kind, path] of [
  ['a path', join(root, 'notify.sock')],
  ['an abstract name', `@spanwatch-test-${process.pid}`],
] as const) {
  test(`datagrams by the native module to ${kind}`, async (t) => {
    if (!python) return t.skip('python3 is not here to receive');
    if (loadAddon() === undefined) return t.skip('the native module is not built');
    const got = await receiver(t, path);
    const notifier = createNotifier({ env: { NOTIFY_SOCKET: path, WATCHDOG_USEC: '30000000' } });
    assert.equal(notifier.watchdogMs, 30_000);
    await notifier.ready('watching eth1\nREADY=0');
    await notifier.status('x'.repeat(1000));
    await notifier.watchdog();
    await notifier.reloading();
    await notifier.stopping('bye');
    await until(() => got.length === 5, [got, notifier.health()]);
    assert.equal(got[0], 'READY=1\nSTATUS=watching eth1 READY=0');
    assert.equal(got[1], `STATUS=${'x'.repeat(200)}`);
    assert.equal(got[2], 'WATCHDOG=1');
    assert.match(got[3]!, /^RELOADING=1\nMONOTONIC_USEC=\d+$/);
    assert.equal(got[4], 'STOPPING=1\nSTATUS=bye');
    assert.deepEqual(notifier.health(), { way: 'datagram', sent: 5, failed: 0, lastError: '' });
  });
}

test('without the native module: the package and the tool say the same', async (t) => {
  if (!python || !tool) return t.skip('python3 or systemd-notify is not here');
  const path = join(root, 'tool.sock');
  const got = await receiver(t, path);
  // The tool waits for its messages to be read by a barrier of its own.
  const spoken = (): string[] => got.filter((text) => text !== 'BARRIER=1');
  await withEnv({ NOTIFY_SOCKET: path }, async () => {
    const notifier = createNotifier({ datagrams: null });
    await notifier.ready('watching eth1');
    await notifier.status('all well');
    await notifier.watchdog();
    await notifier.stopping('bye');
    await until(() => spoken().length >= 4);
    assert.equal(notifier.health().way, 'tool');
    assert.equal(notifier.health().failed, 0, notifier.health().lastError);
  });
  const words = spoken().map((text) => text.split('\n').filter((word) => !word.startsWith('MAINPID=')));
  assert.deepEqual(words[0]?.sort(), ['READY=1', 'STATUS=watching eth1']);
  assert.deepEqual(words[1], ['STATUS=all well']);
  assert.ok(words.some((list) => list.includes('WATCHDOG=1')));
  assert.ok(words.some((list) => list.includes('STOPPING=1')));
});

test('a failing tool and a socket nobody listens on are counted, not thrown', async () => {
  const bin = join(root, 'bin');
  await mkdir(bin);
  await writeFile(join(bin, 'systemd-notify'), '#!/bin/sh\necho "no such service" >&2\nexit 1\n');
  await chmod(join(bin, 'systemd-notify'), 0o755);
  await withEnv({ NOTIFY_SOCKET: join(root, 'nobody'), PATH: bin }, async () => {
    const notifier = createNotifier({ datagrams: null });
    await notifier.watchdog();
    await notifier.ready('x');
    assert.equal(notifier.health().failed, 2);
    assert.match(notifier.health().lastError, /no such service/);
  });
  await withEnv({ NOTIFY_SOCKET: join(root, 'nobody'), PATH: join(root, 'empty') }, async () => {
    const notifier = createNotifier({ datagrams: null });
    await notifier.stopping('x');
    assert.match(notifier.health().lastError, /ENOENT/);
  });
  const refused = createNotifier({
    env: { NOTIFY_SOCKET: join(root, 'nobody') },
    datagrams: loadAddon() ?? { sdNotify: () => 111, monotonicUs: () => 0 },
  });
  await refused.watchdog();
  assert.match(refused.health().lastError, /^E(CONNREFUSED|NOENT)$/);
});

test('outside systemd nothing is sent, and another process is watched, not this one', async () => {
  const alone = createNotifier({ env: {}, datagrams: { sdNotify: () => assert.fail(), monotonicUs: () => 0 } });
  await alone.ready('x');
  await alone.watchdog();
  assert.deepEqual(alone.health(), { way: 'none', sent: 0, failed: 0, lastError: '' });
  const env = { NOTIFY_SOCKET: '/x', WATCHDOG_USEC: '30000000', WATCHDOG_PID: '1' };
  assert.equal(createNotifier({ env, datagrams: null }).watchdogMs, undefined);
  for (const WATCHDOG_USEC of ['', '0', '-5', 'x']) {
    assert.equal(
      createNotifier({ env: { NOTIFY_SOCKET: '/x', WATCHDOG_USEC }, datagrams: null }).watchdogMs,
      undefined,
    );
  }
});
