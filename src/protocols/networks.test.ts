/** Networks: the longest prefix, both families, lines that are none. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addNetworks, applicationOfAddress } from './networks.ts';

const v4 = (a: number, b: number, c: number, d: number) => [0, 0, 0, (a << 24) | (b << 16) | (c << 8) | d];

test('an address belongs to the longest network that holds it', () => {
  assert.equal(applicationOfAddress(v4(149, 154, 167, 51)), 185);
  assert.equal(applicationOfAddress(v4(162, 159, 1, 1)), 220);
  assert.equal(applicationOfAddress(v4(162, 159, 192, 7)), 300);
  assert.equal(applicationOfAddress(v4(192, 0, 2, 1)), 0);
  assert.equal(applicationOfAddress([0x20010000 | 0x67c, 0x04e80000, 0, 1]), 185);
  assert.equal(applicationOfAddress([0x20010db8, 0, 0, 1]), 0);
});

test('own lines win, and bad ones are told', () => {
  const bad = addNetworks(
    '198.51.100.0/24 119\n198.51.100.128/25 126\n2001:db8:1::/48 140\n# a comment\n1.2.3/8 1\n1.2.3.4/33 1\n2001:db8::1/64 1\nx',
  );
  assert.deepEqual(bad, ['1.2.3/8 1', '1.2.3.4/33 1', '2001:db8::1/64 1', 'x']);
  assert.equal(applicationOfAddress(v4(198, 51, 100, 1)), 119);
  assert.equal(applicationOfAddress(v4(198, 51, 100, 200)), 126);
  assert.equal(applicationOfAddress([0x20010db8, 0x00010000, 0, 9]), 140);
});
