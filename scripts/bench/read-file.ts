/** Packets/s of the capture-file reader beside `tcpdump -r FILE -w /dev/null`, median of five, in one run. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFile } from '../../src/capture/open.ts';
import { LINKTYPE, newFrame } from '../../src/capture/source.ts';
import { PcapFile } from '../../src/capture/writer.ts';

const ROUNDS = 5;
const FRAMES = 2_000_000;

function makeFile(path: string): void {
  const file = new PcapFile(path, LINKTYPE.ETHERNET);
  const frame = newFrame();
  frame.buf = new Uint8Array(300);
  for (let i = 0; i < FRAMES; i++) {
    frame.timeUs = 1.7e15 + i * 10;
    frame.capLen = frame.wireLen = 64 + (i % 7) * 30;
    file.add(frame);
  }
  file.close();
}

async function ours(path: string): Promise<{ frames: number; bytes: number; seconds: number }> {
  const source = openFile(path);
  let bytes = 0;
  const before = performance.now();
  await source.start({
    packet(frame) {
      bytes += frame.wireLen;
    },
    endOfSlice() {},
  });
  const state = await source.finished();
  if (state.status !== 'ended') throw new Error(state.text);
  return { frames: source.stats().received, bytes, seconds: (performance.now() - before) / 1000 };
}

function tcpdump(path: string): number {
  const before = performance.now();
  execFileSync('tcpdump', ['-r', path, '-w', '/dev/null'], { stdio: 'ignore' });
  return (performance.now() - before) / 1000;
}

const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1]!;

const folder = mkdtempSync(join(tmpdir(), 'spanwatch-bench-'));
try {
  let path = process.argv[2];
  if (path === undefined) makeFile((path = join(folder, 'frames.pcap')));
  const mine: number[] = [];
  const peer: number[] = [];
  let frames = 0;
  let bytes = 0;
  for (let i = 0; i < ROUNDS; i++) {
    const result = await ours(path);
    ({ frames, bytes } = result);
    mine.push(result.seconds);
    peer.push(tcpdump(path));
  }
  const rate = (seconds: number) => `${(frames / seconds / 1e6).toFixed(2)} M packets/s`;
  console.log(`read-file: ${frames} frames, ${Math.round(bytes / 1e6)} MB on the wire, median of ${ROUNDS}`);
  console.log(`  spanwatch        ${rate(median(mine))} (start of Node not counted)`);
  console.log(`  tcpdump -r -w    ${rate(median(peer))} (start of tcpdump counted)`);
  console.log(`  ratio            ${(median(peer) / median(mine)).toFixed(2)}`);
} finally {
  rmSync(folder, { recursive: true });
}
