import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sampleAlert } from '../alerts/sample.ts';
import { createOutbox } from './outbox.ts';

const keysOf = (texts: string[]): string[] => texts.map((text) => (JSON.parse(text) as { key: string }).key);

test('alerts leave in order, once, and again only after rewind', () => {
  const outbox = createOutbox();
  for (let n = 1; n <= 5; n++) outbox.add(sampleAlert(n));
  assert.deepEqual(keysOf(outbox.take(1)), ['boot1:1']);
  assert.deepEqual(keysOf(outbox.take(1e6)), ['boot1:2', 'boot1:3', 'boot1:4', 'boot1:5']);
  assert.deepEqual(outbox.take(1e6), []);
  outbox.ack(['boot1:1', 'boot1:3', 'unknown']);
  outbox.rewind();
  assert.deepEqual(keysOf(outbox.take(1e6)), ['boot1:2', 'boot1:4', 'boot1:5']);
  outbox.ack(['boot1:2', 'boot1:4', 'boot1:5']);
  assert.equal(outbox.waiting(), 0);
  assert.equal(outbox.bytes(), 0);
});

test('at the bound by count and by bytes the oldest goes and is counted', () => {
  const byCount = createOutbox({ items: 10, bytes: 1e9, itemBytes: 1e6 });
  for (let n = 1; n <= 25; n++) byCount.add(sampleAlert(n));
  assert.equal(byCount.waiting(), 10);
  assert.equal(byCount.counters().dropped, 15);
  assert.equal(keysOf(byCount.take(1e9))[0], 'boot1:16');

  const size = JSON.stringify(sampleAlert(1)).length;
  const byBytes = createOutbox({ items: 1000, bytes: size * 5, itemBytes: 1e6 });
  for (let n = 1; n <= 20; n++) byBytes.add(sampleAlert(n));
  assert.ok(byBytes.bytes() <= size * 5);
  assert.ok(byBytes.waiting() >= 4);
});

test('a huge alert loses its parameters first, then is refused and counted', () => {
  const outbox = createOutbox();
  outbox.add(sampleAlert(1, { params: 'p'.repeat(100_000) }));
  assert.equal((JSON.parse(outbox.take(1e6)[0]!) as { params?: string }).params, undefined);
  outbox.add(sampleAlert(2, { text: 't'.repeat(100_000) }));
  assert.equal(outbox.counters().tooLarge, 1);
  assert.equal(outbox.waiting(), 1);
});
