import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Newcomers } from './newcomers.ts';

test('the oldest unanswered flow goes first; those that were answered are passed over once', () => {
  const newcomers = new Newcomers(8);
  for (let f = 0; f < 6; f++) newcomers.add(f, 100 + f);
  const answered = new Set([0, 1, 3]);
  const asked: number[] = [];
  const unanswered = (f: number, id: number): boolean => {
    assert.equal(id, 100 + f);
    asked.push(f);
    return !answered.has(f);
  };
  assert.deepEqual([newcomers.take(unanswered), newcomers.take(unanswered), newcomers.take(unanswered)], [2, 4, 5]);
  assert.equal(newcomers.take(unanswered), -1);
  assert.deepEqual(asked, [0, 1, 2, 3, 4, 5]);
});

test('more beginnings than the table holds: the oldest are forgotten, and a search ends', () => {
  const newcomers = new Newcomers(1000);
  for (let n = 0; n < 2500; n++) newcomers.add(n % 1000, n);
  assert.equal(
    newcomers.take((_, id) => id >= 0),
    500,
  );
  let asked = 0;
  assert.equal(
    newcomers.take(() => ++asked > 900),
    -1,
  );
  assert.ok(asked < 100, `${asked} looked at for one flow`);
});
