import assert from 'node:assert/strict';
import { test } from 'node:test';
import { guessByPort } from './ports.ts';

test('a default port names its protocol, whichever side has it', () => {
  assert.equal(guessByPort(true, 40_000, 22), 92);
  assert.equal(guessByPort(true, 22, 40_000), 92);
  assert.equal(guessByPort(false, 40_000, 123), 9);
});

test('the lower of two default ports wins, and none is none', () => {
  assert.equal(guessByPort(true, 80, 2604), 7);
  assert.equal(guessByPort(true, 2604, 80), 7);
  assert.equal(guessByPort(true, 40_000, 40_001), 0);
});

test('transports do not share ports', () => {
  assert.equal(guessByPort(false, 40_000, 22), 0);
});
