import assert from 'node:assert/strict';
import { createCipheriv, createHash, createHmac } from 'node:crypto';
import { test } from 'node:test';
import { Random } from '../test-kit.ts';
import { counterMode, encryptBlock, expandKey } from './aes.ts';
import { HmacKey, sha256 } from './sha256.ts';

const random = new Random(7);
const bytes = (n: number): Buffer => Buffer.from(Array.from({ length: n }, () => random.below(256)));

test('digests and codes are those of OpenSSL at every length around a block', () => {
  const out = Buffer.alloc(32);
  for (let n = 0; n < 200; n++) {
    const message = bytes(n);
    const key = bytes(n % 65);
    sha256(message, n, out);
    assert.equal(out.toString('hex'), createHash('sha256').update(message).digest('hex'));
    new HmacKey().set(key, key.length).sign(message, n, out);
    assert.equal(out.toString('hex'), createHmac('sha256', key).update(message).digest('hex'));
  }
});

test('blocks and counter mode are those of OpenSSL, also in pieces', () => {
  for (let n = 1; n < 100; n++) {
    const key = bytes(16);
    const nonce = bytes(12);
    const message = bytes(n);
    const k = expandKey(key);
    const out = Buffer.alloc(16);
    const block = bytes(16);
    encryptBlock(k, block, 0, out);
    assert.deepEqual(out, createCipheriv('aes-128-ecb', key, null).update(block));
    const turned = Buffer.alloc(n + 2);
    counterMode(k, nonce, Buffer.concat([bytes(3), message]), 3, 0, Math.min(n, 32), turned);
    if (n > 32) counterMode(k, nonce, Buffer.concat([bytes(3), message]), 3, 32, n, turned);
    assert.deepEqual(turned.subarray(0, n), createCipheriv('aes-128-gcm', key, nonce).update(message));
  }
});
