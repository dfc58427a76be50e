import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import {
  Bytes,
  type Bytes as BytesOf,
  block,
  description,
  enhanced,
  FIRST_SECOND,
  LENGTHS,
  payload,
  pcap,
  pcapng,
  random,
  readAll,
  section,
  tempFile,
} from './fixtures.ts';
import { MAX_FRAME } from './window.ts';

for (const little of [true, false]) {
  for (const shape of [{}, { nano: true }, { modified: true }]) {
    test(`pcap ${little ? 'little' : 'big'}-endian ${Object.keys(shape)}`, async () => {
      const { frames, state, stats } = await readAll(tempFile(pcap({ little, ...shape, linkType: 113 })));
      assert.equal(state.reason, 'end_of_file');
      assert.deepEqual(
        frames,
        LENGTHS.map((length, i) => ({
          timeUs: FIRST_SECOND * 1e6 + i * 1000,
          capLen: length,
          wireLen: length + i,
          linkType: 113,
          data: payload(length, i),
        })),
      );
      assert.equal(stats.truncated, 4);
      assert.equal(stats.kernelDropped, null);
    });
  }

  test(`pcapng that begins ${little ? 'little' : 'big'}-endian`, async () => {
    const { frames, state, stats } = await readAll(tempFile(pcapng(little)));
    assert.equal(state.reason, 'end_of_file', state.text);
    const first = FIRST_SECOND * 1e6;
    const brief = frames.map(({ timeUs, capLen, wireLen, linkType }) => [timeUs - first, capLen, wireLen, linkType]);
    assert.deepEqual(brief, [
      [0, 60, 60, 1],
      [1000, 514, 515, 101],
      [1000, 77, 77, 1],
      [4000, 342, 346, 101],
      [0, 33, 33, 113],
    ]);
    assert.deepEqual(
      frames.map(({ data }) => data),
      [payload(60, 0), payload(514, 1), payload(77, 3), payload(342, 4), payload(33, 5)],
    );
    assert.equal(stats.kernelDropped, 5);
  });
}

test('gzip, also of several members', async () => {
  const plain = pcap();
  const members = Buffer.concat([gzipSync(plain.subarray(0, 100)), gzipSync(plain.subarray(100))]);
  for (const content of [gzipSync(plain), members]) {
    const { frames, state } = await readAll(tempFile(content));
    assert.equal(state.reason, 'end_of_file', state.text);
    assert.deepEqual(frames, (await readAll(tempFile(plain))).frames);
  }
  const zipped = await readAll(tempFile(gzipSync(pcapng())));
  assert.equal(zipped.frames.length, 5);
});

test('a cut gzip file delivers what could be inflated', async () => {
  const many = new Bytes(true).add(pcap().subarray(0, 24));
  const next = random(7);
  for (let i = 0; i < 3000; i++) {
    many.u32(1, i, 400, 400).add(Buffer.from(Uint8Array.from({ length: 400 }, () => next() & 0xff)));
  }
  const zipped = gzipSync(many.bytes());
  const { frames, state } = await readAll(tempFile(zipped.subarray(0, zipped.length >> 1)));
  assert.equal(state.reason, 'malformed_file');
  assert.match(state.text, /gzip stream is broken .* at byte \d+ \(offsets after inflating\); \d+ frames before/);
  assert.ok(frames.length > 1000 && frames.length < 1600, `${frames.length}`);
});

test('each way to be malformed is told with its byte', async () => {
  const header = pcap().subarray(0, 24);
  const us = BigInt(FIRST_SECOND) * 1_000_000n;
  const ng = (...blocks: Buffer[]) => Buffer.concat([section(true), description(true, 1, 0), ...blocks]);
  const wrongTrailer = enhanced(true, 0, us, payload(60, 0));
  wrongTrailer.writeUInt32LE(4, wrongTrailer.length - 4);
  const wrongSkipTrailer = block(true, 0xbad, payload(60, 0));
  wrongSkipTrailer.writeUInt32LE(4, wrongSkipTrailer.length - 4);
  const longCap = enhanced(true, 0, us, payload(60, 0));
  longCap.writeUInt32LE(61, 20);
  const hugeFrame = (b: BytesOf) =>
    b
      .add(header)
      .u32(1, 1, MAX_FRAME + 1, 1)
      .bytes();
  const cases: [Buffer, RegExp][] = [
    [Buffer.alloc(0), /byte 0: the file is empty/],
    [Buffer.from('MZ'), /byte 0: neither pcap nor pcapng, it begins with 4d5a;/],
    [Buffer.from('hello, this is no capture'), /neither pcap nor pcapng, it begins with 68656c6c/],
    [header.subarray(0, 20), /the pcap header needs 24 bytes, 20 are there/],
    [Buffer.from(header.toString('hex').replace('0200', '0300'), 'hex'), /byte 4: pcap version 3 is not known/],
    [hugeFrame(new Bytes(true)), /byte 24: a record claims 262145 bytes, the most is 262144; 0 frames/],
    [pcap().subarray(0, 30), /cut short at byte 24: a record header needs 16 bytes, 6 are there/],
    [pcap().subarray(0, 50), /cut short at byte 24: a record needs 76 bytes, 26 are there/],
    [ng(block(true, 6, payload(4, 0))), /byte 48: a packet block claims 16 bytes, it needs 32/],
    [ng(enhanced(true, 1, us, payload(9, 0))), /byte 48: a packet names interface 1, which is not described/],
    [ng(wrongTrailer), /byte 48: the two lengths of a block of type 6 differ/],
    [ng(wrongSkipTrailer), /byte 116: the two lengths of a block differ/],
    [ng(longCap), /byte 48: a packet claims 61 bytes, its block has room for 60/],
    [ng(new Bytes(true).u32(6, 8, 0, 0).bytes()), /byte 48: a block claims 8 bytes, which is less than 12/],
    [ng(new Bytes(true).u32(6, 33, 0, 0).bytes()), /byte 48: a block claims 33 bytes, which is no multiple of 4/],
    [ng(new Bytes(true).u32(6, 0x7ffffffc, 0).bytes()), /byte 48: a block of type 6 claims 2147483644 bytes/],
    [
      ng(new Bytes(true).u32(0xbad, 0x7ffffffc, 0).bytes()),
      /cut short at byte 60: a block of 2147483644 bytes lacks its last/,
    ],
    [section(true).subarray(0, 27), /cut short at byte 0: a block needs 28 bytes, 27 are there/],
    [Buffer.concat([section(true).subarray(0, 8), Buffer.alloc(20)]), /byte 0: a section has no byte-order magic/],
    [
      Buffer.concat(Array.from({ length: 4098 }, (_, i) => (i ? description(true, 1, 0) : section(true)))),
      /4096 interfaces/,
    ],
  ];
  for (const [content, expected] of cases) {
    const { state } = await readAll(tempFile(content));
    assert.equal(state.status, 'failed', state.text);
    assert.equal(state.reason, 'malformed_file');
    assert.match(state.text, expected);
  }
});

test('a file that cannot be opened is a state', async () => {
  assert.match((await readAll('/nowhere/file.pcap')).state.text, /reading \/nowhere\/file.pcap: no such file/);
  assert.match((await readAll('/')).state.text, /it is a folder/);
});

/** Reads a damaged file: must end in a state, and never give more or other frames than an undamaged prefix allows. */
async function survives(content: Buffer): Promise<number> {
  const { frames, state } = await readAll(tempFile(content, 'damaged'));
  assert.ok(state.status === 'ended' || ['malformed_file', 'cut_short'].includes(state.reason!), state.text);
  if (state.status === 'failed') assert.match(state.text, /byte \d+/);
  return frames.length;
}

for (const [name, content] of [
  ['pcap', pcap()],
  ['pcapng', pcapng()],
] as const) {
  test(`${name} cut at every byte`, async () => {
    let before = 0;
    for (let length = 0; length <= content.length; length++) {
      const frames = await survives(content.subarray(0, length));
      assert.ok(frames >= before, `${length} bytes gave fewer frames than ${length - 1}`);
      before = frames;
    }
    assert.equal(before, 5);
  });

  test(`${name} with random damage`, async () => {
    const next = random(20_261_123);
    for (let round = 0; round < 400; round++) {
      let damaged = Buffer.from(content);
      for (let n = 1 + (next() % 6); n > 0; n--) {
        const at = next() % damaged.length;
        const kind = next() % 4;
        if (kind === 0) damaged[at] = next() & 0xff;
        else if (kind === 1) damaged.writeUInt32LE([0, 1, 0xffffffff, 0x7fffffff, 12][next() % 5]!, at & ~3 & 0xfffc);
        else if (kind === 2) damaged = Buffer.concat([damaged.subarray(0, at), damaged.subarray(at + (next() % 64))]);
        else damaged = Buffer.concat([damaged.subarray(0, at), payload(next() % 64, at), damaged.subarray(at)]);
        if (damaged.length < 8) break;
      }
      await survives(next() % 8 === 0 ? gzipSync(damaged) : damaged);
    }
  });
}

test('time stamps of every resolution stay in range', async () => {
  const widest = (1n << 64n) - 1n;
  for (const resolution of [0, 3, 6, 9, 12, 127, 0x80, 0x80 | 10, 0x80 | 63, 0xff]) {
    const option: [number, Uint8Array] = [9, Buffer.from([resolution])];
    const offset: [number, Uint8Array] = [14, Buffer.from('ffffffffffffffff', 'hex')];
    for (const options of [[option], [option, offset]]) {
      const file = [section(true), description(true, 1, 0, ...options), enhanced(true, 0, widest, payload(1, 0))];
      const { frames } = await readAll(tempFile(Buffer.concat(file)));
      assert.ok(frames[0]!.timeUs >= 0 && frames[0]!.timeUs <= Number.MAX_SAFE_INTEGER);
    }
  }
});
