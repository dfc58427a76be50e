import assert from 'node:assert/strict';
import { test } from 'node:test';
import { oneCopy } from './one-copy.ts';

test('texts come back as they were, whatever the table holds', () => {
  for (let i = 0; i < 20_000; i++) assert.equal(oneCopy(`text ${i % 7000}`), `text ${i % 7000}`);
  const long = 'x'.repeat(10_000);
  assert.equal(oneCopy(long), long);
});
