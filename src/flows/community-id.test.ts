import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseIp } from './address.ts';
import { communityId, communityOf } from './community-id.ts';

const id = (proto: number, from: string, fromPort: number, to: string, toPort: number, icmpType = 0, icmpCode = 0) => {
  const [a, b] = [parseIp(from)!, parseIp(to)!];
  return communityId({
    version: a.version,
    proto,
    a: a.words,
    b: b.words,
    aPort: fromPort,
    bPort: toPort,
    icmpType,
    icmpCode,
  });
};

// Baseline values of the specification's own test data.
test('tcp, both directions', () => {
  assert.equal(id(6, '128.232.110.120', 34855, '66.35.250.204', 80), '1:LQU9qZlK+B5F3KDmev6m5PMibrg=');
  assert.equal(id(6, '66.35.250.204', 80, '128.232.110.120', 34855), '1:LQU9qZlK+B5F3KDmev6m5PMibrg=');
});

test('udp and icmp', () => {
  assert.equal(id(17, '192.168.1.52', 54585, '8.8.8.8', 53), '1:d/FP5EW3wiY1vCndhwleRRKHowQ=');
  assert.equal(id(1, '192.168.0.89', 0, '192.168.0.1', 0, 8, 0), '1:X0snYXpgwiv9TZtqg64sgzUn6Dk=');
  assert.equal(id(1, '192.168.0.1', 0, '192.168.0.89', 0, 0, 0), '1:X0snYXpgwiv9TZtqg64sgzUn6Dk=');
});

test('of addresses in text, either way round, IPv6 too, and of none', () => {
  assert.equal(communityOf(6, '128.232.110.120', 34855, '66.35.250.204', 80), '1:LQU9qZlK+B5F3KDmev6m5PMibrg=');
  assert.equal(communityOf(6, '66.35.250.204', 80, '128.232.110.120', 34855), '1:LQU9qZlK+B5F3KDmev6m5PMibrg=');
  assert.equal(communityOf(17, 'fe80::1', 5353, 'ff02::fb', 5353), id(17, 'fe80::1', 5353, 'ff02::fb', 5353));
  assert.equal(communityOf(17, '', 0, '8.8.8.8', 53), '');
});
