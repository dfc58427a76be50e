import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Best } from './best.ts';

test('keeps the best of many, best first, and never more than its limit', () => {
  for (const limit of [0, 1, 7, 100, 5000]) {
    const best = new Best<string>(limit);
    const ranks = Array.from({ length: 2000 }, (_, i) => (i * 7919) % 2003);
    for (const rank of ranks) best.add(rank, `item ${rank}`);
    const expected = [...ranks].sort((a, b) => b - a).slice(0, limit);
    assert.deepEqual(
      best.sorted(),
      expected.map((rank) => `item ${rank}`),
      `limit ${limit}`,
    );
  }
});

test('of equals the first stays', () => {
  const best = new Best<number>(2);
  for (let i = 0; i < 5; i++) best.add(1, i);
  assert.deepEqual(best.sorted(), [0, 1]);
});
