import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IdleList } from './idle-list.ts';

test('keeps the order of a plain list whatever is added, moved and taken', () => {
  const rows = 16;
  const list = new IdleList(rows);
  let plain: number[] = [];
  let seed = 7;
  const draw = (n: number): number => {
    seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
    return (seed >> 8) % n;
  };
  for (let step = 0; step < 5000; step++) {
    const row = draw(rows);
    plain = plain.filter((r) => r !== row);
    if (draw(3) > 0) {
      list.add(row);
      plain.push(row);
    } else list.take(row);
    assert.equal(list.first, plain[0] ?? -1);
  }
  for (const row of plain) {
    assert.equal(list.first, row);
    list.take(row);
  }
  assert.equal(list.first, -1);
});
