import assert from 'node:assert/strict';
import { test } from 'node:test';
import { entropy, payloadRisks } from './payload-risks.ts';
import { Bench } from './test-kit.ts';

const ids = (bytes: Uint8Array): number[] => (payloadRisks(bytes, 0, bytes.length) ?? []).map((risk) => risk.id);
/** `length` bytes that take `kinds` values equally often: log2(kinds) bits per byte. */
const even = (length: number, kinds: number): Buffer =>
  Buffer.from(Array.from({ length }, (_, i) => 128 + (i % kinds)));

test('entropy in bits per byte', () => {
  assert.equal(entropy(even(256, 1), 0, 256), 0);
  assert.equal(entropy(even(256, 32), 0, 256), 5);
  assert.equal(entropy(even(0, 1), 0, 0), 0);
});

test('even bytes are a risk, repeated ones and short messages are not', () => {
  assert.deepEqual(ids(even(310, 31)), [35]);
  assert.deepEqual(ids(even(300, 30)), []);
  assert.deepEqual(ids(even(63, 63)), []);
  assert.deepEqual(ids(Buffer.from('the same words again and again '.repeat(9))), []);
});

test('a program is one whatever its entropy, and tells both', () => {
  assert.deepEqual(ids(Buffer.concat([Buffer.from('7f454c46', 'hex'), even(640, 64)])), [4, 35]);
  assert.deepEqual(ids(Buffer.from('#!/bin/sh\nexit\n')), [40]);
  const outcome = new Bench().play({
    tcp: false,
    clientPort: 40000,
    serverPort: 50001,
    packets: [{ fromClient: true, bytes: Buffer.concat([Buffer.from('#!/bin/sh\n'), even(640, 64)]) }],
  });
  assert.equal(outcome.master, 0);
  assert.deepEqual(
    outcome.risks.filter((id) => id === 35 || id === 40),
    [35, 40],
  );
});
