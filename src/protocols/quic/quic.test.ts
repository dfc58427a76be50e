import assert from 'node:assert/strict';
import { createCipheriv } from 'node:crypto';
import { test } from 'node:test';
import { Bench } from '../test-kit.ts';
import type { Conversation } from '../testing.ts';
import { clientHelloBody, message } from '../tls/samples.ts';
import { InitialPacket, initialKeys, initialSecrets } from './initial.ts';
import { protections, VERSION } from './versions.ts';

const bench = new Bench();
const DCID = Buffer.from('8394c8f03e515708', 'hex');

interface Secrets {
  key: Buffer;
  iv: Buffer;
  hp: Buffer;
}

function secrets(version: number, side: 'client' | 'server' = 'client'): Secrets {
  const all = Buffer.from(initialSecrets(protections(version)[0]!, DCID, side));
  return { key: all.subarray(0, 16), iv: all.subarray(16, 28), hp: all.subarray(28, 44) };
}

/** RFC 9001 appendix A.1. */
test('keys of the specification', () => {
  const keys = secrets(VERSION.V1);
  assert.equal(keys.key.toString('hex'), '1f369613dd76d5467730efcbe3b1a22d');
  assert.equal(keys.iv.toString('hex'), 'fa044b2f42a3fd3b46fb255c');
  assert.equal(keys.hp.toString('hex'), '9f50449e04a0e810283a1e9933adedd2');
  const server = secrets(VERSION.V1, 'server');
  assert.equal(server.key.toString('hex'), 'cf3a5331653c364c88f0f379b6067e37');
});

/** RFC 9369 appendix A.1. */
test('keys of version 2', () => {
  const keys = secrets(VERSION.V2);
  assert.equal(keys.key.toString('hex'), '8b1a0bc121284290a29e0971b5cd045d');
  assert.equal(keys.hp.toString('hex'), '45b95e15235d6f45a6b19cbcb0294ba9');
});

const varint2 = (n: number): number[] => [0x40 | (n >> 8), n & 255];

/** An Initial packet with these frames, protected as a client does it. */
function initial(keys: Secrets, version: number, number: number, frames: readonly number[], size = 1200): Buffer {
  const first = version === VERSION.V2 ? 0xd0 : 0xc0;
  const head = [
    first,
    version >>> 24,
    (version >>> 16) & 255,
    (version >>> 8) & 255,
    version & 255,
    DCID.length,
    ...DCID,
    0,
    0,
  ];
  const plain = Buffer.alloc(size - head.length - 2 - 1 - 16);
  plain.set(frames);
  const header = Buffer.from([...head, ...varint2(1 + plain.length + 16), number]);
  const nonce = Buffer.from(keys.iv);
  nonce[11]! ^= number;
  const seal = createCipheriv('aes-128-gcm', keys.key, nonce);
  seal.setAAD(header);
  const packet = Buffer.concat([header, seal.update(plain), seal.final(), seal.getAuthTag()]);
  const numberAt = header.length - 1;
  const mask = createCipheriv('aes-128-ecb', keys.hp, null).update(packet.subarray(numberAt + 4, numberAt + 20));
  packet[0]! ^= mask[0]! & 0x0f;
  packet[numberAt]! ^= mask[1]!;
  return packet;
}

const HELLO = message(1, clientHelloBody({ sni: 'quic.example.org', alpn: ['h3'] }));
const crypto = (from: number, to: number): number[] => [
  6,
  ...varint2(from),
  ...varint2(to - from),
  ...HELLO.slice(from, to),
];

function conversation(...datagrams: Buffer[]): Conversation {
  const packets = datagrams.map((bytes) => ({ fromClient: true, bytes }));
  return { tcp: false, clientPort: 40000, serverPort: 50001, packets };
}

test('what is sealed is opened as far as it is asked for, and with other keys it is not', () => {
  const sealed = initial(secrets(VERSION.V1), VERSION.V1, 3, [1, 1, 1]);
  const numberAt = 7 + DCID.length + 1 + 2;
  const packet = new InitialPacket();
  const keys = initialKeys(protections(VERSION.V1)[0]!, DCID, 'client');
  assert.equal(packet.open(keys, sealed, 0, numberAt, sealed.length), true);
  packet.need(4);
  assert.deepEqual([...packet.plain.subarray(0, 4)], [1, 1, 1, 0]);
  packet.need(packet.length);
  assert.deepEqual(new Set(packet.plain.subarray(3, packet.length)), new Set([0]));
  const stranger = Buffer.from(DCID).fill(7);
  const outcome = bench.play(conversation(Buffer.concat([sealed.subarray(0, 6), stranger, sealed.subarray(14)])));
  assert.deepEqual([outcome.master, outcome.info.tls], [188, undefined]);
});

test('a hello in one packet, in frames out of order, over datagrams out of order', () => {
  for (const version of [VERSION.V1, VERSION.V2, 0xff00001d]) {
    const keys = secrets(version);
    const n = HELLO.length;
    const whole = bench.play(conversation(initial(keys, version, 0, crypto(0, n))));
    assert.deepEqual([whole.master, whole.info.hostname], [188, 'quic.example.org']);
    assert.match(whole.info.tls?.ja4 ?? '', /^q13d0206h0_/);
    assert.match(whole.info.tls?.ja4Foxio ?? '', /^q13d0206h3_/);
    const frames = [...crypto(60, n), 0, 0, ...crypto(20, 60), 1, ...crypto(0, 20)];
    assert.deepEqual(bench.play(conversation(initial(keys, version, 0, frames))).info.tls, whole.info.tls);
    const datagrams = [initial(keys, version, 1, crypto(50, n)), initial(keys, version, 0, crypto(0, 50))];
    assert.deepEqual(bench.play(conversation(...datagrams)).info.tls, whole.info.tls);
  }
});

test('dns over quic, version negotiation, strangers', () => {
  const keys = secrets(VERSION.V1);
  const doq = message(1, clientHelloBody({ sni: 'dns.example.org', alpn: ['doq'] }));
  const packet = initial(keys, VERSION.V1, 0, [6, 0, ...varint2(doq.length), ...doq]);
  assert.deepEqual([bench.play(conversation(packet)).app], [196]);
  const negotiation = Buffer.from('c00000000000088394c8f03e5157080000000 1ff00001d'.replace(' ', ''), 'hex');
  const reply: Conversation = { ...conversation(), packets: [{ fromClient: false, bytes: negotiation }] };
  assert.equal(bench.play(reply).master, 188);
  const stranger = Buffer.concat([Buffer.from('c012345678088394c8f03e5157080000', 'hex'), Buffer.alloc(1200)]);
  assert.notEqual(bench.play(conversation(stranger)).master, 188);
});

test("google's quic crypto: the name among the tags", () => {
  const tags = [
    ['PAD\0', Buffer.alloc(20)],
    ['SNI\0', Buffer.from('www.example.org')],
    ['UAID', Buffer.from('Chrome/49')],
  ] as const;
  let end = 0;
  const index = tags.map(([tag, value]) => {
    end += value.length;
    const entry = Buffer.alloc(8);
    entry.write(tag, 'latin1');
    entry.writeUInt32LE(end, 4);
    return entry;
  });
  const chlo = Buffer.concat([Buffer.from('CHLO\x03\0\0\0'), ...index, ...tags.map(([, value]) => value)]);
  const head = Buffer.concat([
    Buffer.from([0x0d]),
    DCID,
    Buffer.from('Q025\x01'),
    Buffer.alloc(12),
    Buffer.from('a001000443', 'hex').subarray(0, 4),
  ]);
  const outcome = bench.play(conversation(Buffer.concat([head, chlo])));
  assert.deepEqual(
    [outcome.master, outcome.info.hostname, outcome.info.http?.userAgent],
    [188, 'www.example.org', 'Chrome/49'],
  );
});
