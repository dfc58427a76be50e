import assert from 'node:assert/strict';
import { test } from 'node:test';
import { figuresOf, foldTraffic } from './traffic.ts';

const history = (bytes: (number | null)[], dropped: (number | null)[] = [], blind: (number | null)[] = []) => ({
  stepMs: 60_000,
  fromMs: 1000,
  series: [
    { key: 'bytes', id: 0, values: bytes },
    { key: 'dropped', id: 0, values: dropped },
    { key: 'blind', id: 0, values: blind },
  ],
});

test('folds steps into means over what was seen, never over what was not', () => {
  const folded = foldTraffic(
    history([600, 600, null, null, 600, null, 600], [0, 5, null, null, 1, 0, 0], [0, 0, 0, 0, 0, 0, 30]),
    2,
  );
  assert.equal(folded.stepMs, 120_000);
  assert.deepEqual(folded.bits, [80, null, 80, 160]);
  assert.deepEqual(folded.dropped, [5, 0, 1, 0]);
  assert.deepEqual(folded.blind, [0, 0, 0, 30]);
});

test('a step that was wholly blind has no figure instead of zero', () => {
  assert.deepEqual(foldTraffic(history([0, 600], [], [60, 0]), 1).bits, [null, 80]);
});

test('figures of a chart: mean and most of what is known, blind time, drops', () => {
  assert.deepEqual(figuresOf(foldTraffic(history([600, null, 1200], [1, null, 2], [0, 60, 10]), 1)), {
    known: 2,
    mean: (80 + 192) / 2,
    most: 192,
    blindMs: 70_000,
    dropped: 3,
  });
});
