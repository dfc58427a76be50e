import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openFile } from '../capture/open.ts';
import type { PacketSource, SourceState, SourceStats } from '../capture/source.ts';
import { examine } from './command.ts';
import { FIXTURES, OWN, writeFixture } from './fixtures.ts';
import { type DoctorReport, VERDICT_IDS, type VerdictId, type VerdictLevel } from './verdict.ts';

const work = mkdtempSync(join(tmpdir(), 'span-doctor-'));
after(() => rmSync(work, { recursive: true, force: true }));
const own: [number, number, number, number][] = [[0, 0, 0, 0xc0a80132 | 0]];

async function look(name: keyof typeof FIXTURES): Promise<DoctorReport> {
  const path = join(work, `${name}.pcap`);
  writeFixture(path, FIXTURES[name]());
  return await examine(openFile(path), false, own, 0);
}
const levels = (report: DoctorReport, ...wanted: VerdictLevel[]): string[] =>
  report.verdicts.filter(({ level }) => wanted.includes(level)).map(({ id, level }) => `${id} ${level}`);

test('a sound mirror: nothing to complain of, and each verdict once, in order', async () => {
  const report = await look('sound');
  assert.deepEqual(levels(report, 'warn', 'bad'), []);
  assert.deepEqual(
    report.verdicts.map(({ id }) => id),
    [...VERDICT_IDS],
  );
  assert.deepEqual(levels(report, 'unknown'), ['speed unknown', 'drops unknown']);
});

/** Fixture, its one complaint, and a word of the advice. */
const CASES: [keyof typeof FIXTURES, VerdictId, VerdictLevel, RegExp][] = [
  ['nothing', 'traffic', 'bad', /destination/],
  ['one-direction', 'directions', 'bad', /both/],
  ['some-one-way', 'directions', 'warn', /uplink/],
  ['twice-same', 'duplicates', 'bad', /leave one/],
  ['twice-routed', 'duplicates', 'bad', /one side/],
  ['twice-tag', 'duplicates', 'bad', /trunk/],
  ['broadcast-only', 'broadcast_only', 'bad', /SPAN/],
  ['own-traffic', 'own_traffic', 'bad', /management/],
  ['tags-stripped', 'tags', 'warn', /replicate/],
  ['tags-kept', 'tags', 'good', /^$/],
  ['erspan-whole', 'erspan', 'good', /^$/],
  ['erspan-lost', 'erspan', 'bad', /bandwidth/],
  ['erspan-one', 'erspan', 'warn', /type II/],
  ['erspan-cut', 'erspan', 'bad', /MTU/],
  ['cut-by-switch', 'truncation', 'bad', /slicing|truncation/],
  ['cut-by-capture', 'truncation', 'warn', /snap length/],
  ['offloads', 'offloads', 'bad', /gro off/],
  ['long-frames', 'offloads', 'warn', /jumbo/],
  ['holes', 'speed', 'bad', /faster port/],
  ['clock-wrong', 'clock', 'bad', /set-ntp/],
  ['out-of-order', 'clock', 'warn', /reordercap/],
];

for (const [name, id, level, advice] of CASES) {
  test(`${name}: ${id} is ${level}, with a word on what to do, and nothing else is wrong`, async () => {
    const report = await look(name);
    const verdict = report.verdicts.find((v) => v.id === id)!;
    assert.equal(verdict.level, level, verdict.text);
    assert.match(verdict.advice, advice);
    assert.doesNotMatch(verdict.text, /NaN|undefined|Infinity/);
    const others = levels(report, 'warn', 'bad').filter((text) => !text.startsWith(`${id} `));
    assert.deepEqual(others, []);
  });
}

/** A live source that says it is somewhere else: delivers nothing, has lost what it is told. */
function fakeSource(state: SourceState, lost: Partial<SourceStats>): PacketSource {
  const stats = { received: 0, kernelDropped: 0, interfaceDropped: 0, truncated: 0, yields: 0, bufferBytes: 0 };
  return {
    kind: 'ring',
    name: 'nowhere0',
    start: () => Promise.resolve(),
    stop: () => Promise.resolve(),
    state: () => state,
    stats: () => ({ ...stats, ...lost }),
    onState: undefined,
  };
}

test('drops of the kernel and of the card, each with its own advice', async () => {
  const running: SourceState = { status: 'running', text: '' };
  for (const [lost, advice] of [
    [{ kernelDropped: 500 }, /too slow/],
    [{ interfaceDropped: 500 }, /buffer/],
  ] as const) {
    const report = await examine(fakeSource(running, lost), true, [], 1);
    const verdict = report.verdicts.find(({ id }) => id === 'drops')!;
    assert.equal(verdict.level, 'bad');
    assert.match(verdict.advice, advice);
  }
});

test('an interface without a cable', async () => {
  const state: SourceState = { status: 'waiting', reason: 'no_carrier', text: 'nowhere0: no carrier' };
  const report = await examine(fakeSource(state, {}), true, [], 1);
  assert.deepEqual(levels(report, 'bad'), ['link bad', 'traffic bad']);
  assert.match(report.verdicts[0]!.advice, /cable/);
});

test('the command: text, json, exit codes', () => {
  const path = join(work, 'own.pcap');
  writeFixture(path, FIXTURES['own-traffic']());
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [join(import.meta.dirname, '../main.ts'), 'doctor', ...args], { encoding: 'utf8' });
  const text = run(path, '--own', OWN.ip);
  assert.equal(text.status, 1);
  assert.match(text.stdout, /^x Watching itself: 100 % .*\n {4}Leave the port/m);
  const json = run(path, '--json');
  assert.equal(json.status, 0);
  assert.equal((JSON.parse(json.stdout) as DoctorReport).verdicts.length, VERDICT_IDS.length);
  assert.equal(run('--own', 'x', path).status, 2);
  assert.equal(run(path, path).status, 2);
});
