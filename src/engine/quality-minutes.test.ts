import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MINUTES, type QualityCounters, QualityMinutes } from './quality-minutes.ts';

const counters = (n: number, interfaceDropped: number | null = null): QualityCounters => ({
  packets: n * 100,
  bytes: n * 1000,
  kernelDropped: n,
  interfaceDropped,
  truncated: 0,
  evicted: 2 * n,
  hooksSkipped: 0,
});

test('differences go to their minutes; what cannot be told stays unknown', () => {
  const quality = new QualityMinutes();
  const start = 1_700_000_040_000;
  for (let s = 0; s <= 90; s++) quality.step(start + s * 1000, counters(s), s < 30 || s > 40);
  const [first, second] = quality.minutes(5);
  assert.equal(quality.minutes(5).length, 2);
  assert.deepEqual(first, {
    atMs: start,
    packets: 5900,
    bytes: 59_000,
    kernelDropped: 59,
    interfaceDropped: null,
    truncated: 0,
    evicted: 118,
    hooksSkipped: 0,
    blindMs: 11_000,
  });
  assert.equal(second!.packets, 3100);
});

test('a counter that starts anew counts from zero; a set clock is no blindness of hours', () => {
  const quality = new QualityMinutes();
  quality.step(6e10, counters(50, 5), true);
  quality.step(6e10 + 1000, counters(3, 7), true);
  assert.deepEqual([quality.minutes(1)[0]!.kernelDropped, quality.minutes(1)[0]!.interfaceDropped], [3, 2]);
  quality.step(7e10, counters(4, 7), false);
  assert.equal(quality.minutes(1)[0]!.blindMs, 60_000);
});

test('at the bound the oldest minutes go', () => {
  const quality = new QualityMinutes();
  for (let m = 0; m < MINUTES + 100; m++) quality.step(6e10 + m * 60_000, counters(m), true);
  const all = quality.minutes(1e9);
  assert.deepEqual([all.length, all[0]!.atMs, all.at(-1)!.packets], [MINUTES, 6e10 + 100 * 60_000, 100]);
  assert.deepEqual([quality.minutes(-1).length, quality.minutes(0).length, quality.minutes(2.5).length], [0, 0, 2]);
});
