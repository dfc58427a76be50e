import assert from 'node:assert/strict';
import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import { createExclusions, EXCLUSION_LIMITS, type Exclusions, previewOf } from './exclusions.ts';
import { distinctAlert, sampleAlert } from './sample.ts';
import { type AlertStore, createAlertStore } from './store.ts';

const root = await mkdtemp(join(tmpdir(), 'spanwatch-exclusions-'));
after(() => rm(root, { recursive: true, force: true }));

const draft = { match: { source: '192.168.1.10' }, reason: 'the printer', active: true };

async function opened(
  t: TestContext,
  dir?: string,
): Promise<{ store: AlertStore; exclusions: Exclusions; dir: string; at: { ms: number } }> {
  const folder = dir ?? (await mkdtemp(join(root, 'e-')));
  const at = { ms: Date.UTC(2026, 10, 24, 12) };
  const now = (): number => at.ms;
  const say = (): void => {};
  const store: AlertStore = createAlertStore({
    file: join(folder, 'alerts.db'),
    flushAfterMs: 10,
    say,
    excluded: (event) => exclusions.excluded(event),
  });
  const exclusions = createExclusions({ file: join(folder, 'exclusions.db'), rows: store, now, say });
  await exclusions.start();
  await store.start();
  t.after(async () => {
    await store.stop();
    await exclusions.stop();
  });
  return { store, exclusions, dir: folder, at };
}

test('acts at once, before anything is stored, is acknowledged, and counts what it hid', async (t) => {
  const { store, exclusions, dir } = await opened(t);
  await store.add([sampleAlert(0)]);
  assert.equal(store.query({ offset: 0, limit: 9 }).total, 1);
  const adding = exclusions.add(draft, 'admin');
  // Not yet on the disk, and it holds already.
  await store.add([sampleAlert(200, { atMs: 1_800_000_000_000 }), sampleAlert(1)]);
  await adding;
  await store.add([sampleAlert(400, { atMs: 1_800_000_900_000 })]);
  const rows = store.query({ offset: 0, limit: 9 }).items;
  assert.deepEqual(rows.map((r) => r.flow?.client).sort(), ['192.168.1.10', '192.168.1.11']);
  const [made] = exclusions.list();
  assert.equal(made?.hits, 2);
  assert.equal(exclusions.hiddenToday(), 2);
  await store.stop();
  const file = await readFile(join(dir, 'alerts.db'), 'utf8');
  assert.equal(file.split('\n').filter((line) => line.includes('192.168.1.10')).length, 1);
});

test('survives a restart with its hits; a removed one hides nothing more and is still counted today', async (t) => {
  const first = await opened(t);
  const made = await first.exclusions.add({ ...draft, expiresMs: Date.UTC(2027, 0, 1) }, 'admin');
  assert.equal(first.exclusions.excluded(sampleAlert(0)), true);
  await first.exclusions.stop();
  const again = await opened(t, first.dir);
  assert.deepEqual(again.exclusions.list(), [{ ...made, hits: 1, hitsToday: 1 }]);
  assert.equal(again.exclusions.excluded(sampleAlert(0)), true);
  assert.equal(await again.exclusions.remove(made._id), true);
  assert.equal(await again.exclusions.remove(made._id), false);
  assert.equal(again.exclusions.excluded(sampleAlert(0)), false);
  assert.equal(again.exclusions.hiddenToday(), 2);
  again.at.ms += 86_400_000;
  assert.equal(again.exclusions.hiddenToday(), 0);
});

test('ends when it expires, rests while it is paused, changes at once', async (t) => {
  const { exclusions, at } = await opened(t);
  const made = await exclusions.add({ ...draft, expiresMs: at.ms + 1000 }, 'admin');
  assert.equal(exclusions.excluded(sampleAlert(0)), true);
  at.ms += 1000;
  assert.equal(exclusions.excluded(sampleAlert(0)), false);
  await exclusions.change(made._id, draft);
  assert.equal(exclusions.excluded(sampleAlert(0)), true);
  assert.equal(exclusions.get(made._id)?.expiresMs, undefined);
  assert.equal(exclusions.get(made._id)?.hits, 2);
  await exclusions.change(made._id, { ...draft, active: false });
  assert.equal(exclusions.excluded(sampleAlert(0)), false);
  await exclusions.change(made._id, { ...draft, match: { destination: '198.51.100.1' } });
  assert.equal(exclusions.excluded(sampleAlert(0)), true);
  assert.equal(exclusions.excluded(sampleAlert(10)), false);
  assert.equal(await exclusions.change('nothing', draft), undefined);
});

test('an engaged alert that was stored before comes to its end; a new one is not engaged', async (t) => {
  const { store, exclusions } = await opened(t);
  const { flow: _, ...bare } = sampleAlert(0);
  const host = { ...bare, kind: 'host' as const, entity: 1, entityValue: '192.168.1.10@0', granularity: 60 };
  await store.add([{ ...host, action: 'engage', key: 'boot1:1' }]);
  await exclusions.add(draft, 'admin');
  await store.add([
    { ...host, action: 'release', key: 'boot1:2', atMs: host.atMs + 60_000 },
    { ...host, action: 'engage', key: 'boot1:3', atMs: host.atMs + 120_000 },
    { ...host, action: 'release', key: 'boot1:4', atMs: host.atMs + 180_000 },
  ]);
  const { items } = store.query({ offset: 0, limit: 9 });
  assert.deepEqual(
    items.map((r) => [r.state, r.count, r.lastMs - host.atMs]),
    [['past', 1, 60_000]],
  );
  assert.equal(exclusions.list()[0]?.hits, 3);
});

test('the preview says what it would have hidden, of what kinds, and how much of the newest', async (t) => {
  const { store } = await opened(t);
  await store.add(Array.from({ length: 700 }, (_x, n) => distinctAlert(n)));
  await store.add([sampleAlert(800, { typeName: 'alert_other', title: 'Other', atMs: 1_700_000_090_000 })]);
  await store.add([sampleAlert(1000, { typeName: 'alert_other', title: 'Other', atMs: 1_700_000_091_000 })]);
  const made = previewOf({ source: '192.168.1.10' }, store);
  assert.deepEqual(
    { ...made, examples: made.examples.length },
    {
      hidden: 5,
      rows: 701,
      hiddenTimes: 6,
      times: 702,
      hiddenRecent: 3,
      recent: 500,
      types: [
        { title: 'Unexpected DNS', typeName: 'alert_unexpected_dns_server', plugin: 'unexpected_dns', rows: 4 },
        { title: 'Other', typeName: 'alert_other', plugin: 'unexpected_dns', rows: 1 },
      ],
      examples: 5,
    },
  );
  assert.equal(previewOf({}, store).hidden, 0);
});

test('one without a condition is refused, and so is one too many', async (t) => {
  const { exclusions } = await opened(t);
  await assert.rejects(exclusions.add({ ...draft, match: {} }, 'admin'), /without a condition/);
  for (let n = 0; n < EXCLUSION_LIMITS.exclusions; n++) await exclusions.add(draft, 'admin');
  await assert.rejects(exclusions.add(draft, 'admin'), /500 exclusions already/);
});

test('a damaged line costs that line and is said', async (t) => {
  const first = await opened(t);
  await first.exclusions.add(draft, 'admin');
  await first.exclusions.stop();
  const file = join(first.dir, 'exclusions.db');
  await appendFile(file, '{"_id":"x","json":"{\\"match\\":{},\\"reason\\":\\"all\\"}"}\n{"torn');
  const again = await opened(t, first.dir);
  assert.equal(again.exclusions.list().length, 1);
  assert.match(again.exclusions.notices().join(), /could not be read/);
});
