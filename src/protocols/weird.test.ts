/** What is odd but bearable is counted under its name. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countersSeen } from '../decode/counters.ts';
import { Bench } from './test-kit.ts';
import { conversationOf } from './testing.ts';

const bench = new Bench();

test('oddities are counted by name', () => {
  const odd: readonly (readonly [string, string, ...string[]])[] = [
    ['detect.dns.malformed', 'udp 40000>53', '> 1234 0100 0001 0000 0000 0000 03 "www"'],
    ['detect.http.field_with_odd_bytes', 'tcp 40000>80', '> "GET / HTTP/1.1" 0d0a "Host: a" ff 0d0a 0d0a'],
    ['detect.tls.records_broken_off', 'tcp 40000>443', '> 16 0301 0006 01 000002 0303 ff*8'],
    ['detect.quic.initial_not_opened', 'udp 40000>443', '> c0 00000001 08 1122334455667788 00 00 4496 77*1174'],
  ];
  for (const [name, head, ...packets] of odd) {
    const before = countersSeen()[name] ?? 0;
    bench.play(conversationOf(head, packets));
    assert.ok((countersSeen()[name] ?? 0) > before, name);
  }
});
