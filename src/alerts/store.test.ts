import assert from 'node:assert/strict';
import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import type { AlertEvent } from './alert.ts';
import { FOLD_WINDOW_MS } from './identity.ts';
import { distinctAlert, sampleAlert } from './sample.ts';
import { type AlertStore, type AlertStoreOptions, createAlertStore } from './store.ts';

const root = await mkdtemp(join(tmpdir(), 'spanwatch-alerts-'));
after(() => rm(root, { recursive: true, force: true }));
const folder = (): Promise<string> => mkdtemp(join(root, 'store-'));
const say = (): void => {};

async function opened(t: TestContext, dir: string, more: Partial<AlertStoreOptions> = {}): Promise<AlertStore> {
  const store = createAlertStore({ file: join(dir, 'alerts.db'), say, flushAfterMs: 20, ...more });
  await store.start();
  t.after(() => store.stop());
  return store;
}

const all = (store: AlertStore): ReturnType<AlertStore['query']> => store.query({ offset: 0, limit: 1e6 });

test('what was added is shown at once and still there after a restart', async (t) => {
  const dir = await folder();
  const store = await opened(t, dir);
  const flushed = store.add([sampleAlert(1, { params: { 'a.b': 1, $c: [2] } }), distinctAlert(2)]);
  assert.equal(all(store).total, 2);
  await flushed;
  await store.stop();
  const again = await opened(t, dir);
  assert.deepEqual(again.health().notices, []);
  const rows = all(again).items;
  assert.deepEqual(rows.map((row) => row.key).sort(), ['boot1:1', 'boot1:2']);
  assert.deepEqual(rows.find((row) => row.key === 'boot1:1')?.params, { 'a.b': 1, $c: [2] });
});

test('a batch waits about two seconds; fifty rows do not', async (t) => {
  const store = await opened(t, await folder(), { flushAfterMs: 2000 });
  let began = performance.now();
  await store.add([sampleAlert(1)]);
  assert.ok(performance.now() - began > 1500, 'one alert waits for company');
  began = performance.now();
  await store.add(Array.from({ length: 60 }, (_, n) => distinctAlert(n + 10)));
  assert.ok(performance.now() - began < 1500, 'a full batch goes at once');
});

test('events that say the same raise a count; after the window a new row begins', async (t) => {
  const store = await opened(t, await folder());
  const base = sampleAlert(1);
  const next = (n: number, atMs: number): AlertEvent => ({ ...base, key: `boot1:${n}`, atMs });
  void store.add([base, next(2, base.atMs + 1000), next(3, base.atMs + 1000 + FOLD_WINDOW_MS)]);
  assert.equal(all(store).total, 1);
  const [row] = all(store).items;
  assert.equal(row?.count, 3);
  assert.equal(row?.firstMs, base.atMs);
  assert.equal(row?.lastMs, base.atMs + 1000 + FOLD_WINDOW_MS);
  void store.add([next(4, row!.lastMs + FOLD_WINDOW_MS + 1)]);
  assert.equal(all(store).total, 2);
  void store.add([
    { ...next(5, row!.lastMs), severity: 5 },
    { ...next(6, row!.lastMs), text: 'other' },
  ]);
  assert.equal(all(store).total, 4);
});

test('a repetition that never pauses still begins a new row after a day', async (t) => {
  const store = await opened(t, await folder());
  const base = sampleAlert(0);
  const events = Array.from({ length: 300 }, (_, n) => ({ ...base, key: `boot1:${n}`, atMs: base.atMs + n * 299_000 }));
  void store.add(events);
  assert.equal(all(store).total, 2);
  assert.equal(
    all(store).items.reduce((sum, row) => sum + row.count, 0),
    300,
  );
});

test('the same key twice is stored once: at once, after folding, and after a restart', async (t) => {
  const dir = await folder();
  const base = sampleAlert(1);
  const events = [1, 2, 3].map((n) => ({ ...base, key: `boot1:${n}`, atMs: base.atMs + n }));
  const store = await opened(t, dir);
  await store.add([...events, ...events]);
  assert.equal(all(store).items[0]?.count, 3);
  await store.stop();
  const again = await opened(t, dir);
  await again.add([...events, { ...base, key: 'boot1:4', atMs: base.atMs + 4 }]);
  assert.equal(all(again).total, 1);
  assert.equal(all(again).items[0]?.count, 4);
  void again.add([{ ...base, key: 'boot2:1', atMs: base.atMs + 5 }]);
  assert.equal(all(again).items[0]?.count, 5);
});

const lasting = (n: number, action: 'engage' | 'release', text: string): AlertEvent => {
  const { flow: _, status: __, ...rest } = sampleAlert(n, { kind: 'host', entity: 1, entityValue: '10.0.0.5@0' });
  return { ...rest, action, text, granularity: 60, ...(action === 'release' ? { endMs: rest.atMs + 60_000 } : {}) };
};

test('engage and release are one row; a release alone is a past row; both survive repetition', async (t) => {
  const dir = await folder();
  const store = await opened(t, dir);
  void store.add([lasting(1, 'engage', '300 > 256')]);
  assert.equal(store.counts().engaged, 1);
  void store.add([lasting(1, 'engage', '300 > 256'), lasting(2, 'release', '10 < 256')]);
  assert.equal(all(store).total, 1);
  const [row] = all(store).items;
  assert.equal(row?.state, 'past');
  assert.equal(row?.endMs, lasting(2, 'release', '').endMs);
  await store.add([lasting(1, 'engage', '300 > 256'), lasting(2, 'release', '10 < 256')]);
  assert.equal(all(store).total, 1, 'sent again: no second row');
  assert.equal(store.counts().engaged, 0);
  void store.add([lasting(3, 'engage', 'again')]);
  assert.equal(all(store).total, 2, 'a second episode is a second row');
  const other = await opened(t, await folder());
  void other.add([lasting(9, 'release', 'x')]);
  assert.equal(all(other).items[0]?.state, 'past');
});

test('a worse status replaces the row of its flow, not the row of others', async (t) => {
  const store = await opened(t, await folder());
  const first = sampleAlert(7);
  const worse = { ...first, key: 'boot1:8', severity: 6, type: 70, typeName: 'worse', text: 'worse', replaces: true };
  void store.add([first, worse]);
  assert.equal(all(store).total, 1);
  assert.equal(all(store).items[0]?.typeName, 'worse');
  void store.add([{ ...worse, key: 'boot1:9', flow: { ...first.flow!, id: 99 } }]);
  assert.equal(all(store).items[0]?.count, 2);
  void store.add([{ ...worse, key: 'boot1:10', text: 'worst' }]);
  assert.equal(all(store).total, 2, 'a row that speaks for two flows stays');
});

test('malformed events are dropped and counted, the others stored', async (t) => {
  const store = await opened(t, await folder());
  const bad = [
    null,
    5,
    {},
    { ...sampleAlert(1), severity: 99 },
    { ...sampleAlert(2), text: undefined },
    { ...sampleAlert(3), flow: { client: 1 } },
    { ...sampleAlert(4), atMs: Number.NaN },
  ] as unknown as AlertEvent[];
  void store.add([...bad, sampleAlert(5)]);
  assert.equal(all(store).total, 1);
  assert.equal(store.health().dropped, bad.length);
});

test('at the bound by count the oldest past row goes, engaged ones stay', async (t) => {
  const dir = await folder();
  const store = await opened(t, dir, { documents: 100 });
  await store.add([lasting(0, 'engage', 'still on')]);
  for (let n = 1; n <= 300; n += 50) {
    await store.add(Array.from({ length: 50 }, (_, i) => distinctAlert(n + i)));
    assert.ok(store.health().documents <= 100);
  }
  assert.equal(store.health().dropped, 201);
  assert.equal(store.counts().engaged, 1);
  await store.stop();
  const again = await opened(t, dir, { documents: 100 });
  assert.equal(again.health().documents, 100);
  assert.equal(all(again).items[0]?.key, 'boot1:300');
});

test('at the bound by bytes rows go and the file is compacted', async (t) => {
  const dir = await folder();
  const store = await opened(t, dir, { fileBytes: 200_000 });
  for (let n = 0; n < 1000; n += 100) {
    await store.add(Array.from({ length: 100 }, (_, i) => distinctAlert(n + i)));
    const { fileBytes, fileLimit } = store.health();
    assert.ok(fileBytes <= fileLimit, `${fileBytes}`);
    assert.equal((await stat(join(dir, 'alerts.db'))).size, fileBytes);
  }
  assert.ok(store.health().dropped > 800);
  assert.equal(all(store).items[0]?.key, 'boot1:999');
});

test('acknowledge, note and remove last; counts and listeners follow', async (t) => {
  const dir = await folder();
  const store = await opened(t, dir);
  let calls = 0;
  const stop = store.onChange(() => {
    calls += 1;
  });
  void store.add([1, 2, 3].map((n) => distinctAlert(n)));
  const ids = all(store).items.map((row) => row._id);
  assert.deepEqual(store.counts(), { all: 3, byKind: { flow: 3 }, engaged: 0 });
  await store.acknowledge([ids[0]!], true);
  await store.note(ids[1]!, 'known printer');
  await store.remove([ids[2]!, 'no such id']);
  assert.equal(calls, 4);
  stop();
  assert.deepEqual(store.counts(), { all: 1, byKind: { flow: 1 }, engaged: 0 });
  await store.stop();
  const again = await opened(t, dir);
  assert.equal(again.get(ids[0]!)?.acknowledged, true);
  assert.equal(again.get(ids[1]!)?.note, 'known printer');
  assert.equal(again.get(ids[2]!), undefined);
});

test('filters', async (t) => {
  const store = await opened(t, await folder());
  void store.add([
    sampleAlert(1),
    sampleAlert(2, { severity: 6, plugin: 'other', typeName: 'alert_x' }),
    lasting(3, 'engage', 'a (b) [c]* \\d'),
  ]);
  const total = (filter: object): number => store.query({ offset: 0, limit: 10, ...filter }).total;
  assert.equal(total({}), 3);
  assert.equal(total({ kind: 'host' }), 1);
  assert.equal(total({ state: 'engaged' }), 1);
  assert.equal(total({ severity: 5 }), 1);
  assert.equal(total({ plugin: 'other' }), 1);
  assert.equal(total({ typeName: 'alert_x' }), 1);
  assert.equal(total({ acknowledged: true }), 0);
  assert.equal(total({ search: 'DNS server FOUND' }), 2);
  assert.equal(total({ search: '192.168.1.11' }), 1);
  assert.equal(total({ search: '10.0.0.5@0' }), 1);
  assert.equal(total({ search: '(B) [c]* \\D' }), 1);
  assert.equal(total({ search: '.*' }), 0);
  const page = store.query({ offset: 1, limit: 1 });
  assert.deepEqual([page.total, page.items.length, page.items[0]?.key], [3, 1, 'boot1:2']);
});

test('a restarted engine: what it does not engage again is remembered as open until its time', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const clock = t.mock.method(performance, 'now');
  let at = 1000;
  clock.mock.mockImplementation(() => at);
  const store = await opened(t, await folder());
  const second = { ...lasting(2, 'engage', 'two'), entityValue: '10.0.0.6@0' };
  void store.add([lasting(1, 'engage', 'one'), second]);
  store.engineRestarted();
  at += 300_000;
  void store.add([{ ...second, key: 'boot2:1' }]);
  t.mock.timers.tick(100);
  assert.equal(store.counts().engaged, 2);
  at += 400_000;
  t.mock.timers.tick(100);
  assert.equal(store.counts().engaged, 1);
  assert.equal(store.query({ offset: 0, limit: 1, state: 'engaged' }).items[0]?.entityValue, '10.0.0.6@0');
});

test('a start rewrites nothing, and what was written is on the ledger across restarts', async (t) => {
  const dir = await folder();
  const file = join(dir, 'alerts.db');
  const store = await opened(t, dir);
  await store.add(Array.from({ length: 100 }, (_, n) => distinctAlert(n)));
  const { bytesWrittenToday, fileBytes } = store.health();
  assert.equal(bytesWrittenToday, fileBytes);
  await store.stop();
  const before = await stat(file);
  const again = await opened(t, dir);
  assert.equal((await stat(file)).ino, before.ino, 'same file, not a rewritten one');
  assert.equal(again.health().bytesWrittenToday, bytesWrittenToday);
});

test('a data file that cannot be used: the store starts, says so and does not acknowledge', async (t) => {
  const dir = await folder();
  await mkdir(join(dir, 'alerts.db'));
  const store = await opened(t, dir);
  assert.match(store.health().notices[0]!, /cannot use .*alerts\.db/);
  let flushed = false;
  void store.add([sampleAlert(1)]).then(() => {
    flushed = true;
  });
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.equal(all(store).total, 1);
  assert.equal(flushed, false);
  await assert.rejects(store.acknowledge([all(store).items[0]!._id], true), /in memory only/);
});

test('files cut anywhere in their last lines: whole lines stay, the torn one is said and kept aside', async (t) => {
  const dir = await folder();
  const store = await opened(t, dir);
  await store.add([1, 2, 3, 4].map((n) => distinctAlert(n)));
  await store.stop();
  const whole = await readFile(join(dir, 'alerts.db'));
  const lines = whole.toString().trimEnd().split('\n');
  const start = Buffer.byteLength(`${lines.slice(0, 3).join('\n')}\n`);
  for (let size = start; size <= whole.length; size++) {
    const at = join(dir, 'cut');
    await rm(at, { recursive: true, force: true });
    await mkdir(at);
    await writeFile(join(at, 'alerts.db'), whole.subarray(0, size));
    const cut = createAlertStore({ file: join(at, 'alerts.db'), say });
    await cut.start();
    const complete = lines.filter((_, i) => Buffer.byteLength(lines.slice(0, i + 1).join('\n')) <= size);
    const rows = complete.filter((line) => line.includes('"key"')).length;
    assert.equal(all(cut).total, rows, `cut at ${size}`);
    const onBorder = whole[size - 1] === 10 || whole[size] === 10 || size === whole.length;
    assert.equal(cut.health().notices.length, onBorder ? 0 : 1, `cut at ${size}`);
    assert.equal((await readdir(at)).filter((name) => name.includes('.damaged-')).length, onBorder ? 0 : 1);
    if (size % 197 === 0) {
      const flushed = cut.add(Array.from({ length: 50 }, (_, n) => distinctAlert(n + 10)));
      await flushed;
      const seen = createAlertStore({ file: join(at, 'alerts.db'), say });
      await seen.start();
      assert.equal(all(seen).total, rows + 50, 'the next batch is not joined to the torn line');
      assert.deepEqual(seen.health().notices, []);
      await seen.stop();
    }
    await cut.stop();
  }
});

test('random garbage: the start succeeds, untouched lines are saved, three damaged files are kept', async (t) => {
  const dir = await folder();
  const file = join(dir, 'alerts.db');
  let seed = 7;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return seed % below;
  };
  for (let round = 0; round < 40; round++) {
    await rm(file, { force: true });
    const store = createAlertStore({ file, say });
    await store.start();
    void store.add(Array.from({ length: 60 }, (_, n) => distinctAlert(n)));
    await store.stop();
    const bytes = await readFile(file);
    const hit = new Set<number>();
    const lineOf = (at: number): number => bytes.subarray(0, at).filter((byte) => byte === 10).length;
    for (let i = 0; i < 1 + random(30); i++) {
      const at = random(bytes.length);
      hit.add(lineOf(at));
      if (bytes[at] === 10) hit.add(lineOf(at) + 1);
      bytes[at] = random(256);
    }
    await writeFile(file, bytes);
    if (round % 5 === 0) await appendFile(file, Buffer.alloc(5000, round % 2 ? 0 : 0xff));
    const again = createAlertStore({ file, say });
    await again.start();
    assert.ok(all(again).total >= 60 - hit.size - 1, `round ${round}: ${all(again).total} of 60, ${hit.size} hit`);
    await again.stop();
  }
  const aside = (await readdir(dir)).filter((name) => name.includes('.damaged-'));
  assert.equal(aside.length, 3);

  await writeFile(file, Buffer.from(Array.from({ length: 300_000 }, () => random(256))));
  const noise = await opened(t, dir);
  assert.equal(all(noise).total, 0);
  assert.match(noise.health().notices[0]!, /could not be read/);
});
