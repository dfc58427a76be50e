import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { HISTORY_BYTES_PER_DAY, History } from './history.ts';
import { decodeRecord, encodeRecord, RECORD_BYTES, type StepRecord } from './record.ts';
import { PAGE, pagesOf, WriteBudget } from './write-budget.ts';

const NOON = Date.UTC(2026, 10, 24, 12);
const MINUTE = 60_000;

const minute = (beginMs: number, bytes = 1000): StepRecord => ({
  beginMs,
  traffic: [bytes, 10, 2, 0, 0, 0, 5, 3],
  protocols: [
    { id: 91, bytes: bytes * 0.6 },
    { id: 5, bytes: bytes * 0.1 },
  ],
  hosts: [
    { version: 4, vlan: 0, words: [0, 0, 0, 0x0a000001], bytes: bytes * 0.5 },
    { version: 6, vlan: 7, words: [0x20010db8, 0, 0, 1], bytes: bytes * 0.25 },
  ],
});

const folder = () => mkdtempSync(join(tmpdir(), 'span-history-'));

function make(dir: string | undefined, steady = { ms: 0 }, maxBytes = 3_000_000) {
  const notices: string[] = [];
  const history = new History({
    ...(dir === undefined ? {} : { dir }),
    maxBytes,
    protocolName: (id) => `p${id}`,
    onNotice: (text) => notices.push(text),
    steadyNow: () => steady.ms,
  });
  return { history, notices };
}

const ask = { what: 'traffic', step: 'minute', steps: 60, top: 5 } as const;
const bytesOf = (answer: { series: { key: string; values: (number | null)[] }[] }, key = 'bytes') =>
  answer.series.find((s) => s.key === key)!.values;

test('a record comes back as it was; any spoiled byte makes it none', () => {
  const record = minute(NOON, 123_456_789_012);
  const bytes = encodeRecord(record);
  assert.equal(bytes.length, RECORD_BYTES);
  assert.deepEqual(decodeRecord(bytes, 0), record);
  for (let i = 0; i < RECORD_BYTES; i++) {
    const spoiled = Buffer.from(bytes);
    spoiled[i]! ^= 0x10;
    assert.equal(decodeRecord(spoiled, 0), undefined, `byte ${i}`);
  }
  assert.equal(decodeRecord(Buffer.alloc(RECORD_BYTES), 0), undefined, 'never written');
  const many = { ...record, protocols: Array.from({ length: 40 }, (_, id) => ({ id, bytes: 40 - id })) };
  assert.equal(decodeRecord(encodeRecord(many), 0)?.protocols.length, 12);
});

test('minutes add up to hours and days, holes stay holes, and all is there after a restart', async () => {
  const dir = folder();
  const first = make(dir);
  await first.history.start(NOON);
  for (let i = 0; i < 50; i++) if (i !== 20) first.history.minute(minute(NOON + i * MINUTE));
  await first.history.stop();
  const { history, notices } = make(dir);
  const later = NOON + 50 * MINUTE;
  await history.start(later);
  for (let i = 50; i < 70; i++) history.minute(minute(NOON + i * MINUTE));
  const minutes = await history.query({ ...ask, steps: 70 }, NOON + 69.5 * MINUTE);
  assert.deepEqual([minutes.fromMs, minutes.stepMs], [NOON, MINUTE]);
  assert.equal(bytesOf(minutes).filter((v) => v === 1000).length, 69);
  assert.equal(bytesOf(minutes)[20], null);
  const hours = await history.query({ ...ask, step: 'hour', steps: 3 }, NOON + 69.5 * MINUTE);
  assert.deepEqual(bytesOf(hours), [null, 59_000, 10_000]);
  assert.deepEqual(bytesOf(hours, 'activeFlows'), [null, 5, 5], 'a gauge is not summed');
  const [day] = bytesOf(await history.query({ ...ask, step: 'day', steps: 1 }, NOON));
  assert.equal(day, 69_000);
  const protocols = await history.query(
    { ...ask, what: 'protocols', step: 'hour', steps: 2, top: 1 },
    NOON + 69.5 * MINUTE,
  );
  assert.deepEqual(
    protocols.series.map((s) => [s.key, ...s.values]),
    [
      ['p91', 35_400, 6000],
      ['other', 23_600, 4000],
    ],
  );
  const hosts = await history.query({ ...ask, what: 'hosts', step: 'hour', steps: 1 }, NOON + 69.5 * MINUTE);
  assert.deepEqual(
    hosts.series.map((s) => [s.key, ...s.values]),
    [
      ['10.0.0.1', 5000],
      ['2001:db8::1@7', 2500],
    ],
  );
  assert.deepEqual(notices, []);
  await history.stop();
});

test('a day writes less than its budget, in files that never change size', async () => {
  const dir = folder();
  const steady = { ms: 0 };
  const { history } = make(dir, steady);
  await history.start(NOON);
  const sizes = () => readdirSync(dir).map((name) => statSync(join(dir, name)).size);
  const before = sizes();
  for (let i = 0; i < 3 * 1440; i++) {
    steady.ms += MINUTE;
    history.minute(minute(NOON + i * MINUTE));
    if (i % 15 === 0) await history.flush(false);
    if (i === 1438) {
      const { writtenToday, budgetPerDay } = history.files();
      assert.equal(budgetPerDay, HISTORY_BYTES_PER_DAY);
      assert.ok(writtenToday > 400_000 && writtenToday < HISTORY_BYTES_PER_DAY, `${writtenToday}`);
    }
  }
  await history.stop();
  assert.deepEqual(sizes(), before);
  assert.equal(
    before.reduce((a, b) => a + b, 0),
    history.files().bytes,
  );
});

test('torn files are set aside and said; a torn record costs one step', async () => {
  const dir = folder();
  const first = make(dir);
  await first.history.start(NOON);
  for (let i = 0; i < 30; i++) first.history.minute(minute(NOON + i * MINUTE));
  await first.history.stop();
  const path = join(dir, 'minutes');
  const bytes = readFileSync(path);
  const at = bytes.indexOf(encodeRecord(minute(NOON + 7 * MINUTE)));
  assert.ok(at > 0);
  bytes.fill(0xff, at + 100, at + 200);
  writeFileSync(path, bytes);
  truncateSync(join(dir, 'hours'), 9000);
  writeFileSync(join(dir, 'days'), 'no history');
  const { history, notices } = make(dir);
  await history.start(NOON + 31 * MINUTE);
  const values = bytesOf(await history.query({ ...ask, steps: 30 }, NOON + 29 * MINUTE));
  assert.deepEqual([values[6], values[7], values[8]], [1000, null, 1000]);
  assert.equal(notices.length, 2);
  assert.match(notices[0]!, /hours was no history of ours or cut short: it is now .*hours\.damaged-/);
  history.minute(minute(NOON + 31 * MINUTE));
  await history.stop();
  assert.equal(readdirSync(dir).filter((name) => name.includes('damaged')).length, 2);
});

test('another size keeps what fits; a folder that cannot be is said once and history goes on in memory', async () => {
  const dir = folder();
  const first = make(dir, undefined, 3_000_000);
  await first.history.start(NOON);
  for (let i = 0; i < 30; i++) first.history.minute(minute(NOON + i * MINUTE));
  await first.history.stop();
  const larger = make(dir, undefined, 12_000_000);
  await larger.history.start(NOON + 30 * MINUTE);
  const values = bytesOf(await larger.history.query({ ...ask, steps: 30 }, NOON + 29 * MINUTE));
  assert.equal(values.filter((v) => v === 1000).length, 30);
  assert.deepEqual(larger.notices, []);
  await larger.history.stop();

  const blocked = join(dir, 'a file');
  writeFileSync(blocked, '');
  const { history, notices } = make(join(blocked, 'history'));
  await history.start(NOON);
  for (let i = 0; i < 200; i++) history.minute(minute(NOON + i * MINUTE));
  const kept = bytesOf(await history.query(ask, NOON + 199 * MINUTE));
  assert.equal(kept.filter((v) => v === 1000).length, 60);
  await history.stop();
  assert.equal(notices.length, 1);
});

test('memory only writes nothing and still answers; a clock that was never set is not believed', async () => {
  const { history } = make(undefined);
  await history.start(NOON);
  history.minute(minute(1000 * MINUTE));
  for (let i = 0; i < 500; i++) {
    history.minute(minute(NOON + i * MINUTE));
    if (i % 100 === 99) await history.flush(false);
  }
  await history.flush(false);
  const values = bytesOf(await history.query({ ...ask, steps: 500 }, NOON + 499 * MINUTE));
  assert.equal(values.filter((v) => v === 1000).length, 500);
  assert.equal(history.files().writtenToday, 0);
  for (const q of [{ steps: Number.NaN }, { steps: -4 }, { steps: 1e9 }, { top: Number.NaN, what: 'hosts' as const }]) {
    const answer = await history.query({ ...ask, ...q }, NOON);
    assert.ok(answer.series.every((s) => s.values.length >= 1 && s.values.length <= 1440));
  }
  await history.stop();
});

test('credit grows with the steady clock, up to half a day; pages are counted whole', () => {
  const clock = { ms: 0 };
  const budget = new WriteBudget(800, () => clock.ms);
  assert.deepEqual([budget.allows(100), budget.allows(101)], [true, false]);
  budget.spend(100);
  assert.equal(budget.allows(1), false);
  clock.ms += 86_400_000;
  assert.deepEqual([budget.allows(400), budget.allows(401), budget.today], [true, false, 0]);
  assert.deepEqual([pagesOf(0, 1), pagesOf(PAGE - 1, 2), pagesOf(5, 0)], [PAGE, 2 * PAGE, 0]);
});
