import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Frame, LINKTYPE, newFrame } from '../capture/source.ts';
import { Packet } from '../decode/packet.ts';
import { NUM, NUM_STRIDE } from '../flows/layout.ts';
import { EvidenceRing, LIMITS, ringBytes } from './ring.ts';

const FLOWS = 8;

/** A ring and a made-up flow table: flow f has the number f + 1. */
class Bench {
  readonly ring: EvidenceRing;
  readonly nums = new Float64Array(FLOWS * NUM_STRIDE);
  readonly frame: Frame = newFrame();
  readonly p = new Packet();

  constructor(bytes: number) {
    this.ring = new EvidenceRing(bytes);
    for (let f = 0; f < FLOWS; f++) this.nums[f * NUM_STRIDE + NUM.ID] = f + 1;
  }

  send(f: number, length: number, timeUs: number, fill = f, off = 0): void {
    this.nums[f * NUM_STRIDE + NUM.PACKETS]!++;
    const buf = Buffer.alloc(off + length, fill);
    Object.assign(this.frame, { buf, off, capLen: length, wireLen: length, timeUs, linkType: LINKTYPE.ETHERNET });
    this.ring.offer(this.frame, this.p, f, this.nums);
  }
}

/** Lengths and fill bytes of a pcap's records, after checking that each is of one byte throughout. */
function records(file: Uint8Array): { length: number; wire: number; fill: number; second: number }[] {
  const view = Buffer.from(file);
  assert.equal(view.readUInt32LE(0), 0xa1b2c3d4);
  const out = [];
  for (let at = 24; at < view.length; ) {
    const length = view.readUInt32LE(at + 8);
    const data = view.subarray(at + 16, at + 16 + length);
    assert.equal(data.length, length);
    assert.ok(data.every((byte) => byte === data[0]));
    out.push({ length, wire: view.readUInt32LE(at + 12), fill: data[0]!, second: view.readUInt32LE(at) });
    at += 16 + length;
  }
  return out;
}

test('a flow comes out as it went in, at every alignment, and no other flow with it', () => {
  const bench = new Bench(1 << 20);
  for (let i = 0; i < 32; i++) {
    bench.send(0, 60 + i, 1e12 + i, 100 + i, i % 5);
    bench.send(1, 200, 1e12 + i, 7);
  }
  const frozen = bench.ring.freeze(1, 1 << 16)!;
  const out = records(frozen.file);
  assert.deepEqual([frozen.packets, frozen.left, out.length], [32, 0, 32]);
  assert.deepEqual(
    out.map(({ fill }) => fill),
    Array.from({ length: 32 }, (_, i) => 100 + i),
  );
  assert.equal(bench.ring.freeze(99, 1 << 16), undefined);
});

test('going round many times the ring holds the newest and only whole records', () => {
  const bench = new Bench(1 << 16);
  let random = 1;
  for (let i = 0; i < 50_000; i++) {
    random = (Math.imul(random, 1103515245) + 12345) & 0x7fffffff;
    const f = random % FLOWS;
    bench.nums[f * NUM_STRIDE + NUM.PACKETS] = 0;
    bench.send(f, 14 + ((random >> 8) % 1400), 1e12 + i * 1000, f + 1, random & 3);
  }
  let packets = 0;
  for (let f = 0; f < FLOWS; f++) {
    const out = records(bench.ring.freeze(f + 1, 1 << 20)!.file);
    for (const record of out) assert.equal(record.fill, f + 1);
    packets += out.length;
  }
  assert.ok(packets > 40 && packets < 2000, `${packets} packets in 64 kB`);
});

test('later packets are cut to their headers and thinned out when the ring reaches back too little', () => {
  const bench = new Bench(1 << 20);
  for (let i = 0; i < 400_000; i++) bench.send(0, 600, 1e12 + i * 10);
  assert.ok(bench.ring.thinning >= 8, `one in ${bench.ring.thinning}`);
  const before = bench.ring.kept;
  for (let i = 0; i < 1000; i++) bench.send(0, 600, 1e12 + 5e6 + i * 10);
  assert.ok(bench.ring.kept - before <= 1000 / 8);
  const last = records(bench.ring.freeze(1, 1 << 20)!.file).at(-1)!;
  assert.deepEqual([last.length, last.wire], [LIMITS.laterBytes, 600]);
});

test('the beginning of a new flow is kept whole even then', () => {
  const bench = new Bench(1 << 20);
  for (let i = 0; i < 200_000; i++) bench.send(0, 600, 1e12 + i * 10);
  for (let i = 0; i < 40; i++) bench.send(1, 600, 1e12 + 3e6 + i);
  const out = records(bench.ring.freeze(2, 1 << 20)!.file);
  assert.equal(out.filter(({ length }) => length === 600).length, LIMITS.first);
});

test('what does not fit leaves out the middle', () => {
  const bench = new Bench(1 << 20);
  for (let i = 0; i < 30; i++) bench.send(0, 1000, 1e12 + i * 1e6, i + 1);
  const frozen = bench.ring.freeze(1, 10_500)!;
  const fills = records(frozen.file).map(({ fill }) => fill);
  assert.ok(frozen.file.length <= 10_500);
  assert.deepEqual([fills[0], fills.at(-1), frozen.packets + frozen.left], [1, 30, 30]);
  assert.ok(fills.length >= 9);
});

test('memory follows the machine', () => {
  assert.deepEqual([256 << 20, 1 << 30, 8 * 2 ** 30].map(ringBytes), [4 << 20, 8 << 20, 16 << 20]);
});
