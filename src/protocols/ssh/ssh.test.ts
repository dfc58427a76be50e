import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { Bench, demandBearsLoss, demandEqualWhenSplit } from '../test-kit.ts';
import type { Conversation } from '../testing.ts';

const bench = new Bench();

/** SSH_MSG_KEXINIT in a packet without MAC, RFC 4253 sections 6 and 7.1. */
function kexInit(kex: string, ciphers: string, macs: string): Buffer {
  const lists = [kex, 'ssh-ed25519', ciphers, ciphers, macs, macs, 'none', 'none', '', ''];
  const body = [Buffer.from([20]), Buffer.alloc(16, 5)];
  for (const list of lists) {
    const size = Buffer.alloc(4);
    size.writeUInt32BE(list.length);
    body.push(size, Buffer.from(list));
  }
  body.push(Buffer.alloc(5), Buffer.alloc(6));
  const inside = Buffer.concat(body);
  const head = Buffer.alloc(5);
  head.writeUInt32BE(inside.length + 1);
  head[4] = 6;
  return Buffer.concat([head, inside]);
}

function session(client: string, server: string, kex: Buffer): Conversation {
  return {
    tcp: true,
    clientPort: 40000,
    serverPort: 22,
    packets: [
      { fromClient: false, bytes: Buffer.from(`${server}\r\n`) },
      { fromClient: true, bytes: Buffer.concat([Buffer.from(`${client}\r\n`), kex]) },
      { fromClient: false, bytes: kex },
    ],
  };
}

test('banners and hassh of both sides, however cut', () => {
  const kex = kexInit('curve25519-sha256', 'aes256-gcm@openssh.com', 'hmac-sha2-256');
  const conversation = session('SSH-2.0-OpenSSH_9.6', 'SSH-2.0-dropbear_2022.83', kex);
  const { master, info, risks } = bench.play(conversation);
  const md5 = createHash('md5').update('curve25519-sha256;aes256-gcm@openssh.com;hmac-sha2-256;none').digest('hex');
  assert.equal(master, 92);
  assert.deepEqual(info.ssh, {
    server: 'SSH-2.0-dropbear_2022.83',
    client: 'SSH-2.0-OpenSSH_9.6',
    hassh: md5,
    hasshServer: md5,
  });
  assert.deepEqual(risks, []);
  demandEqualWhenSplit(bench, conversation);
  demandBearsLoss(bench, conversation);
});

test('obsolete releases and algorithms', () => {
  const modern = kexInit('curve25519-sha256', 'aes256-gcm@openssh.com', 'hmac-sha2-256');
  assert.deepEqual(bench.play(session('SSH-2.0-OpenSSH_5.3', 'SSH-1.99-x', modern)).risks, [18, 19]);
  const weak = kexInit('diffie-hellman-group1-sha1', '3des-cbc', 'hmac-md5');
  assert.deepEqual(bench.play(session('SSH-2.0-a', 'SSH-2.0-b', weak)).risks, [18, 19]);
});
