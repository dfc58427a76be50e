import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { payload, readAll, tempFile } from './fixtures.ts';
import { type Frame, LINKTYPE, newFrame } from './source.ts';
import { PcapBuffer, PcapFile } from './writer.ts';

function frameOf(data: Buffer, timeUs: number, wireLen = data.length): Frame {
  return { ...newFrame(), buf: data, capLen: data.length, wireLen, timeUs };
}

test('what is written is read back', async () => {
  const file = new PcapBuffer(LINKTYPE.ETHERNET, 4096);
  file.add(frameOf(payload(60, 1), 1_700_000_000_123_456 + 0.75));
  file.add(frameOf(payload(0, 2), 1.7e15));
  file.add(frameOf(payload(100, 3), 1.7e15 + 1, 1514));
  const { frames, state } = await readAll(tempFile(file.bytes()));
  assert.equal(state.status, 'ended');
  assert.deepEqual(
    frames.map(({ timeUs, wireLen, data }) => [timeUs, wireLen, data]),
    [
      [1_700_000_000_123_456, 60, payload(60, 1)],
      [1.7e15, 0, payload(0, 2)],
      [1.7e15 + 1, 1514, payload(100, 3)],
    ],
  );
});

test('a tag that the kernel took out is put back', async () => {
  const file = new PcapBuffer(LINKTYPE.ETHERNET, 4096);
  const data = payload(60, 1);
  file.add({ ...frameOf(data, 1), vlanTci: 0x2007 });
  const [frame] = (await readAll(tempFile(file.bytes()))).frames;
  const tag = Buffer.from('81002007', 'hex');
  assert.deepEqual(frame!.data, Buffer.concat([data.subarray(0, 12), tag, data.subarray(12)]));
  assert.equal(frame!.wireLen, 64);
});

test('the buffer stays within its bytes', () => {
  const file = new PcapBuffer(LINKTYPE.ETHERNET, 200);
  assert.equal(file.add(frameOf(payload(100, 1), 1)), true);
  assert.equal(file.add(frameOf(payload(45, 1), 1)), false);
  assert.equal(file.add(frameOf(payload(44, 1), 1)), true);
  assert.equal(file.add({ ...frameOf(payload(0, 1), 1), linkType: LINKTYPE.RAW }), false);
  assert.equal(file.bytes().length, 200);
  assert.equal(file.refused, 2);
});

test('a file larger than the window, which tcpdump reads too', async (t) => {
  const path = tempFile(Buffer.alloc(0));
  const file = new PcapFile(path, LINKTYPE.ETHERNET);
  const data = payload(1514, 1);
  const lengths = [60, 1514, 700, 0, 14];
  for (let i = 0; i < 5000; i++) {
    data.writeUInt32BE(i);
    file.add(frameOf(data.subarray(0, lengths[i % 5]!), 1.7e15 + i));
  }
  file.close();
  const { frames, state } = await readAll(path);
  assert.equal(state.status, 'ended', state.text);
  frames.forEach((frame, i) => {
    assert.equal(frame.timeUs, 1.7e15 + i);
    if (frame.capLen > 0) assert.equal(frame.data.readUInt32BE(), i);
  });
  assert.equal(frames.length, 5000);
  try {
    const counted = execFileSync('tcpdump', ['-r', path, '--count'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    assert.match(counted, /5000 packets/);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    t.diagnostic('tcpdump is not installed: second opinion left out');
  }
});
