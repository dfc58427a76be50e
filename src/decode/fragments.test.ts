import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CLIENT, SERVER } from '../../test/kit/encapsulations.ts';
import { bytes, ethernet, ipPacket, u16, u32 } from '../../test/kit/frames.ts';
import { LINKTYPE, newFrame } from '../capture/source.ts';
import { countersSeen, resetCounters } from './counters.ts';
import { LIMITS } from './fragments.ts';
import { decodeFrame } from './link.ts';
import { Packet } from './packet.ts';

const text = Buffer.from(Array.from({ length: 3000 }, (_, i) => 97 + (i % 26)));
const datagram = bytes(u16(40_000), u16(53), u16(8 + text.length), u16(0), text);

interface Piece {
  offset: number;
  more: boolean;
  data: Buffer;
}

function pieces(size: number): Piece[] {
  const out: Piece[] = [];
  for (let offset = 0; offset < datagram.length; offset += size) {
    const data = datagram.subarray(offset, offset + size);
    out.push({ offset, more: offset + size < datagram.length, data });
  }
  return out;
}

function frame4({ offset, more, data }: Piece, id = 7): Buffer {
  const packet = ipPacket(CLIENT.ip, SERVER.ip, 17, data);
  packet.writeUInt16BE(id, 4);
  packet.writeUInt16BE((more ? 0x2000 : 0) | (offset / 8), 6);
  return ethernet(CLIENT, SERVER, packet);
}

function frame6({ offset, more, data }: Piece, id = 7): Buffer {
  const head = bytes(17, 0, u16(offset | (more ? 1 : 0)), u32(id));
  return ethernet(
    { ip: '2001:db8::2', mac: CLIENT.mac },
    { ip: '2001:db8::1', mac: SERVER.mac },
    ipPacket('2001:db8::2', '2001:db8::1', 44, bytes(head, data)),
  );
}

function decode(p: Packet, data: Uint8Array, timeUs = 1e12, capLen = data.length): boolean {
  const frame = newFrame();
  frame.buf = data;
  frame.capLen = capLen;
  frame.wireLen = data.length;
  frame.linkType = LINKTYPE.ETHERNET;
  frame.timeUs = timeUs;
  return decodeFrame(frame, p);
}

const payload = (p: Packet): string =>
  Buffer.from(p.buf.subarray(p.payloadAt, p.payloadAt + p.payloadLen)).toString('latin1');

for (const [name, make] of [
  ['ipv4', frame4],
  ['ipv6', frame6],
] as const) {
  test(`${name}: the last fragment to come bears the whole datagram, each knows its ports`, () => {
    for (const order of [
      [0, 1, 2],
      [0, 2, 1],
    ]) {
      const p = new Packet();
      const parts = pieces(1400);
      for (const [n, i] of order.entries()) {
        assert.equal(decode(p, make(parts[i]!)), true);
        assert.deepEqual([p.proto, p.sport, p.dport, p.fragment, p.laterFragment], [17, 40_000, 53, true, false]);
        assert.deepEqual([p.partial, p.payloadWire], n < 2 ? [true, 0] : [false, text.length]);
      }
      assert.equal(payload(p), text.toString('latin1'));
      assert.deepEqual([...p.buf.subarray(p.macAt, p.macAt + 12)], [...make(parts[0]!).subarray(0, 12)]);
    }
  });

  test(`${name}: a fragment before the first has no ports, yet the datagram becomes whole`, () => {
    const p = new Packet();
    const [first, second, third] = pieces(1400);
    decode(p, make(third!));
    assert.equal(p.laterFragment, true);
    decode(p, make(second!));
    decode(p, make(first!));
    assert.deepEqual([p.partial, payload(p)], [false, text.toString('latin1')]);
  });
}

test('a repeated fragment changes nothing; an overlap makes the datagram unreadable', () => {
  resetCounters();
  const p = new Packet();
  const [first, second, third] = pieces(1400);
  for (const piece of [first!, first!, second!, second!, third!]) decode(p, frame4(piece));
  assert.equal(payload(p), text.toString('latin1'));
  const evil = { offset: 1392, more: true, data: Buffer.alloc(1408, 0x58) };
  for (const piece of [first!, evil, third!]) {
    decode(p, frame4(piece, 8));
    assert.equal(payload(p).includes('X'), false);
  }
  assert.equal(countersSeen()['decode.fragment.overlap'], 1);
});

test('a first fragment that was cut by the capture is read as far as it goes', () => {
  const p = new Packet();
  decode(p, frame4(pieces(1400)[0]!), 1e12, 100);
  assert.deepEqual([p.partial, p.payloadLen > 0], [false, true]);
});

test('a flood of first fragments stays within its buffers, and the next datagram is still put together', () => {
  resetCounters();
  const p = new Packet();
  const [first, second, third] = pieces(1400);
  for (let id = 0; id < 20_000; id++) decode(p, frame4(first!, id & 0xffff), 1e12 + id);
  const held = p.context.fragments.bytes;
  assert.ok(held <= LIMITS.buffers * 66_000, `${held} bytes`);
  for (const piece of [first!, second!, third!]) decode(p, frame4(piece, 40_000), 2e12);
  assert.equal(payload(p), text.toString('latin1'));
  assert.ok(countersSeen()['decode.fragment.evicted']! > 19_000);
});

test('what is too old is forgotten', () => {
  const p = new Packet();
  const [first, second] = pieces(1400);
  decode(p, frame4(first!), 1e12);
  decode(p, frame4(second!), 1e12 + LIMITS.timeoutUs + 1);
  assert.equal(p.laterFragment, true);
});

test('data past the longest datagram is refused', () => {
  resetCounters();
  const p = new Packet();
  decode(p, frame4({ offset: 65_528, more: true, data: Buffer.alloc(800) }));
  assert.equal(countersSeen()['decode.fragment.too_long'], 1);
});
