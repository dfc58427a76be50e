/** Whom nobody must claim: strangers, noise, and conversations that have hardly begun. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fixtures } from './golden.ts';
import { conversationOf, recognise } from './testing.ts';

test('every beginning of a conversation is bearable', () => {
  for (const { conversation } of fixtures(import.meta.dirname)) {
    const { fromClient, bytes } = conversation.packets[0]!;
    for (let n = 1; n < Math.min(64, bytes.length); n++)
      recognise({ ...conversation, packets: [{ fromClient, bytes: bytes.subarray(0, n) }] });
  }
});

test('random bytes are nobody', () => {
  let seed = 1;
  const random = () => (seed = (Math.imul(seed, 1103515245) + 12345) >>> 0) >>> 8;
  const named: number[] = [];
  const conversations = 3000;
  for (let i = 0; i < conversations; i++) {
    const bytes = Uint8Array.from({ length: 20 + (random() % 200) }, random);
    const packets = [{ fromClient: true, bytes }];
    for (const tcp of [true, false]) {
      const { master } = recognise({ tcp, clientPort: 50001, serverPort: 50002, packets });
      if (master) named.push(master);
    }
  }
  assert.ok(named.length <= 3, `named ${named.length} of ${2 * conversations}: ${named.join(' ')}`);
});

test('what a stranger says with the same words or first bytes is not taken for them', () => {
  const strangers: readonly (readonly [string, ...string[]])[] = [
    ['tcp 40000>50001', '> "USER anna" 0d0a'],
    ['tcp 40000>50001', '< "220 hello" 0d0a', '> "something else" 0d0a'],
    ['tcp 40000>50001', '> "get well soon" 0d0a'],
    ['tcp 40000>50001', '> "stat" 0d0a', '< "no" 0d0a'],
    ['udp 40000>50001', '> 80 08 0001 00000010 12345678 55*160', '> 80 08 4001 00000010 87654321 55*160'],
    ['udp 40000>50001', '> 40 01 1234'],
    ['udp 40000>50001', '> 01 05 0014 11*16'],
    ['udp 40000>50001', '> 38 1122334455667788 00 00000000'],
    ['tcp 40000>50001', '> 0001 0000 0006 01 03 0001 0001'],
    ['udp 40000>50001', '> 0001 0010 112233445566778899aabbccddeeff00 11*16'],
    // Skinny's keep-alive and the like: a header of MongoDB's by its numbers, too short to be its OP_REPLY.
    ['tcp 40000>50001', '< 14000000 14000000 85000000 01000000 00000000 01000000 00000000'],
    // A list of RLP where Ethereum's would stand, with another first element than its Ping and FindNode have.
    ['udp 40000>50001', '> 91*96 00 01 cb c4 11*10'],
    ['udp 40000>50001', '> 91*96 00 03 cb 04 11*10'],
    // CAPWAP's header and a DTLS record: the same "time" in both.
    [
      'udp 40000>50001',
      '> 01000000 16feff00 00000000 00000000 00380100 002c0000',
      '> 01000000 16feff00 00000000 00000001 003a0100 002c0000',
    ],
    ['udp 40000>50001', '> "<999>not a priority at all, really"'],
  ];
  for (const [head, ...packets] of strangers) {
    assert.equal(recognise(conversationOf(head, packets)).master, 0, `${head} ${packets.join(' ')}`);
  }
});
