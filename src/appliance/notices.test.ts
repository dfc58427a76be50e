import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sampleAlert } from '../alerts/sample.ts';
import { createAlertStore } from '../alerts/store.ts';
import type { Notice } from '../notify/notify.ts';
import { createAlertNotices, createPartWatch } from './notices.ts';

const HOUR = 3_600_000;

test('an alert is told once, again after its time, and when it is over; in memory-only mode nothing is written', async (t) => {
  const notices = createAlertNotices(() => 24 * HOUR);
  const store = createAlertStore({
    file: '/nonexistent/alerts.db',
    memory: true,
    onTaken: (row, event) => notices.take(row, event),
  });
  await store.start();
  t.after(() => store.stop());
  const at = 1_700_000_000_000;
  const told = async (n: number, change: object): Promise<[string, string][]> => {
    await store.add([sampleAlert(1, { key: `boot1:${n}`, ...change })]);
    return notices.drain().map(({ kind, key }) => [kind, key]);
  };
  const engaged = { kind: 'host' as const, flow: undefined, entityValue: '192.168.1.5@0', action: 'engage' as const };
  assert.deepEqual(await told(1, { ...engaged, atMs: at }), [['new', 'boot1:1']]);
  assert.deepEqual(await told(2, { ...engaged, atMs: at + HOUR }), []);
  assert.deepEqual(await told(3, { ...engaged, atMs: at + 25 * HOUR }), [['new', 'boot1:3']]);
  assert.deepEqual(await told(4, { ...engaged, action: 'release', atMs: at + 25 * HOUR, endMs: at + 26 * HOUR }), [
    ['over', 'boot1:4/over'],
  ]);
  assert.equal(store.counts().all, 1);
  assert.ok(store.working());
  const [row] = store.query({ offset: 0, limit: 10 }).items;
  await store.acknowledge([row!._id], true);
  assert.equal(store.counts().all, 0);
  assert.deepEqual(store.health().notices, []);
});

test('a part that is bad for a minute is told once, and again when it is well; a short fault is not', () => {
  const said: Notice[] = [];
  let clock = 0;
  let ok = true;
  const watch = createPartWatch(
    () => [
      { name: 'capture', ok, text: 'eth1: no carrier' },
      { name: 'notifications', ok: false, text: 'x' },
    ],
    (notice) => said.push(notice),
    () => clock,
  );
  const at = (ms: number, now: boolean): void => {
    clock = ms;
    ok = now;
    watch.look();
  };
  at(0, false);
  at(30_000, true);
  at(40_000, false);
  at(99_000, false);
  assert.equal(said.length, 0);
  at(101_000, false);
  at(200_000, false);
  at(210_000, true);
  at(220_000, true);
  assert.deepEqual(
    said.map(({ kind, title }) => [kind, title]),
    [
      ['system', 'capture needs attention'],
      ['over', 'capture is well again'],
    ],
  );
});
