import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, open as openFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { distinctAlert } from './sample.ts';
import { type AlertStore, createAlertStore } from './store.ts';

/** A disk of `size` that only this test uses; undefined where we may not mount. */
async function smallDisk(t: TestContext, size: string): Promise<string | undefined> {
  const dir = await mkdtemp(join(tmpdir(), 'spanwatch-disk-'));
  t.after(async () => {
    spawnSync('umount', ['-l', dir]);
    await rm(dir, { recursive: true, force: true });
  });
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'spanwatch-test', dir]).status !== 0) return undefined;
  return dir;
}

const remount = (dir: string, how: string): void => {
  assert.equal(spawnSync('mount', ['-o', `remount,${how}`, dir]).status, 0);
};

async function open(dir: string): Promise<AlertStore> {
  const store = createAlertStore({ file: join(dir, 'alerts.db'), flushAfterMs: 20, say() {} });
  await store.start();
  return store;
}

async function until(what: () => boolean, ms: number): Promise<void> {
  const limit = performance.now() + ms;
  while (!what() && performance.now() < limit) await sleep(20);
  assert.ok(what(), `never happened: ${what}`);
}

test('nothing counts as stored before the medium has it', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'spanwatch-disk-'));
  t.after(() => rm(dir, { recursive: true, force: true }));
  const store = await open(dir);
  const handle = await openFile(join(dir, 'probe'), 'w');
  const proto = Object.getPrototypeOf(handle) as { datasync(): Promise<void> };
  await handle.close();
  const sync = t.mock.method(proto, 'datasync', () => Promise.reject(new Error('EIO: the card does not answer')));
  let stored = false;
  const adding = store.add([distinctAlert(1)]).then(() => {
    stored = true;
  });
  await until(() => store.health().notices.length > 0, 3000);
  assert.equal(store.working(), false);
  assert.equal(stored, false);
  sync.mock.restore();
  await adding;
  assert.equal(store.working(), true);
  await store.stop();
});

for (const [name, spoil, mend] of [
  ['a full disk', 'size=200k', 'size=8m'],
  ['a disk that turned read-only', 'ro,size=8m', 'rw,size=8m'],
] as const) {
  test(`${name}: said, shown from memory, not acknowledged; made good when it can be`, async (t) => {
    const dir = await smallDisk(t, '8m');
    if (dir === undefined) return t.skip('mounting is not allowed here');
    const store = await open(dir);
    const first = Array.from({ length: 100 }, (_, n) => distinctAlert(n));
    await store.add(first);
    remount(dir, spoil);
    let stored = false;
    const more = store.add(Array.from({ length: 300 }, (_, n) => distinctAlert(1000 + n))).then(() => {
      stored = true;
    });
    await until(() => store.health().notices.length > 0, 5000);
    assert.match(store.health().notices.at(-1)!, /cannot write alerts\.db: .*(ENOSPC|EROFS)/);
    assert.equal(store.query({ offset: 0, limit: 1 }).total, 400, 'shown all the same');
    assert.equal(stored, false);
    const progress = store.progress();
    await assert.rejects(store.acknowledge([store.query({ offset: 0, limit: 1 }).items[0]!._id], true), /cannot write/);
    assert.ok(store.progress() >= progress, 'a refused write is no hang');

    // A restart now finds what was acknowledged, whole.
    if (name === 'a full disk') {
      const other = await open(dir);
      assert.deepEqual(other.health().notices, []);
      assert.equal(other.query({ offset: 0, limit: 1 }).total, 100);
      await other.stop();
    }
    remount(dir, mend);
    await until(() => stored, 8000);
    await more;
    await store.stop();
    const again = await open(dir);
    assert.equal(again.query({ offset: 0, limit: 1 }).total, 400);
    assert.equal(again.query({ offset: 0, limit: 1, acknowledged: true }).total, 1);
    assert.deepEqual(again.health().notices, []);
    await again.stop();
  });
}
