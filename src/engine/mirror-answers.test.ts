import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { AlertEvent } from '../alerts/alert.ts';
import { createEvidence } from '../appliance/evidence.ts';
import { openFile } from '../capture/open.ts';
import { FIXTURES, writeFixture } from '../doctor/fixtures.ts';
import { VERDICT_IDS } from '../doctor/verdict.ts';
import { connectEngine } from '../link/client.ts';
import type { Answer, Topic } from '../link/topics.ts';
import { VERSION } from '../version.ts';
import { Engine } from './engine.ts';

const work = mkdtempSync(join(tmpdir(), 'span-mirror-'));
after(() => rmSync(work, { recursive: true, force: true }));

test('an engine answers for its mirror over the socket: verdicts, and quality by the minute', async () => {
  const capture = join(work, 'twice.pcap');
  writeFixture(capture, FIXTURES['twice-same']());
  const socketPath = join(work, 'engine.sock');
  const source = openFile(capture, { loop: true, speed: 'original', shiftTimesToNow: true });
  const engine = new Engine({ source, socketPath, onEnd() {} });
  await engine.start();
  const alerts: AlertEvent[] = [];
  const link = await connectEngine(
    { socketPath, version: VERSION, onMessage: (m) => m.kind === 'alerts' && alerts.push(...m.items), onClose() {} },
    5000,
  );
  const ask = async <T extends Topic>(topic: T, args: object): Promise<Answer<T>> => {
    const reply = await link.request({ kind: 'ask', topic, args }, 5000);
    // What does not have the topic's shape never gets here.
    assert.ok(reply.kind === 'answer' && reply.ok);
    return reply.value as Answer<T>;
  };
  try {
    let report = await ask('doctor', {});
    const until = performance.now() + 20_000;
    while (report.packets < 400 && performance.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, 250));
      report = await ask('doctor', {});
    }
    assert.deepEqual(
      report.verdicts.map(({ id }) => id),
      [...VERDICT_IDS],
    );
    assert.equal(report.verdicts.find(({ id }) => id === 'duplicates')?.level, 'bad');
    const { minutes } = await ask('quality', { minutes: 10 });
    assert.ok(minutes.length >= 1);
    assert.ok(minutes.reduce((sum, { packets }) => sum + packets, 0) >= 400);
    assert.equal(minutes.at(-1)!.kernelDropped, null);
    assert.deepEqual((await ask('quality', { minutes: Number.NaN })).minutes, []);
  } finally {
    link.close();
    await engine.stop();
  }
});

test('evidence is read by its key alone: no other file by no other name', async () => {
  const evidence = createEvidence(() => work);
  for (const key of ['../engine.sock', 'a-1/../../x', '', 'abc', `${'a'.repeat(64)}-1`, 'ABC-1']) {
    assert.equal(await evidence.read(key), undefined, key);
  }
  assert.equal(await evidence.read('abc-1'), undefined);
  assert.equal(readdirSync(work).includes('twice.pcap'), true);
});
