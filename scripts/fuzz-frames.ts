/**
 * Mutates frames and plays them through the engine up to detection: nothing may throw, lengths stay inside the frame,
 * memory stays flat. Seeds are one frame for each encapsulation and frames of captures. Repeatable by its seed.
 * With --captures it replays each capture with one direction missing, with gaps, with every frame cut at every byte, and
 * the file cut: small ones at every byte.
 */
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { newFrame } from '../src/capture/source.ts';
import { ALL_TUNNELS } from '../src/decode/context.ts';
import { countersSeen, resetCounters } from '../src/decode/counters.ts';
import { decodeFrame } from '../src/decode/link.ts';
import { Packet } from '../src/decode/packet.ts';
import { MirrorObserver } from '../src/doctor/observer.ts';
import { Pipeline } from '../src/engine/pipeline.ts';
import { EvidenceRing } from '../src/evidence/ring.ts';
import { limitsFor } from '../src/limits.ts';
import { Random } from '../src/protocols/test-kit.ts';
import { ENCAPSULATIONS, SIX_IN_FOUR, TEREDO } from '../test/kit/encapsulations.ts';
import { flowsOf } from './lib/flows-of.ts';
import { framesOf, play, type StoredFrame } from './lib/frames-of.ts';

const USAGE = `usage: scripts/fuzz-frames [OPTIONS]
  --count N        mutated frames to play (default 1000000)
  --seconds N      stop after so long even when fewer were played
  --seed N         another series of mutations (default 1)
  --captures GLOB  instead: spoil these captures, e.g. '../shared/ndpi/pcaps/*'
`;
const START_US = 1.78e15;
/** Memory that may come and go: code that gets compiled, names learnt of the latest flows. */
const SLACK_BYTES = 48 << 20;
const MAX_LENGTH = 4096;
/** Frames of a capture that are used, gaps tried in it, bytes up to which a file is cut at each, and cuts of a larger one. */
const FRAMES = 200;
const GAPS = 16;
const SMALL_FILE = 1024;
const CUTS = 16;

function options() {
  return parseArgs({
    options: {
      count: { type: 'string', default: '1000000' },
      seconds: { type: 'string', default: '100000' },
      seed: { type: 'string', default: '1' },
      captures: { type: 'string' },
    },
  }).values;
}

/** `flows` small for many short replays, so that most time goes into them. */
function engine(flows: number): Pipeline {
  const limits = { ...limitsFor(256 << 20), flows, hosts: 1024, inspections: 1024 };
  const pipeline = new Pipeline(limits, { detected() {}, periodic() {}, ended() {} });
  pipeline.decoding.follow = ALL_TUNNELS;
  pipeline.evidence = new EvidenceRing(flows << 8);
  pipeline.mirror = new MirrorObserver(false);
  return pipeline;
}

/** Names of counters that say that something of ours threw. */
const bugs = (): string[] => Object.keys(countersSeen()).filter((name) => name.includes('.bug.'));

async function seeds(): Promise<StoredFrame[]> {
  const out: StoredFrame[] = [...ENCAPSULATIONS, TEREDO, SIX_IN_FOUR].flatMap(({ data, linkType }) =>
    // As many times as they are outnumbered by captures.
    Array.from({ length: 40 }, () => ({ data, linkType, wireLen: data.length, timeUs: START_US, vlanTci: -1 })),
  );
  const root = join(import.meta.dirname, '..');
  const captures = globSync('../shared/ndpi/pcaps/*', { cwd: root });
  for (const path of captures.sort()) {
    for (const stored of await framesOf(join(root, path), 12)) if (stored.data.length <= MAX_LENGTH) out.push(stored);
  }
  return out;
}

/** Values that lengths, offsets and counts like least. */
const EDGES = [0, 1, 3, 4, 5, 7, 8, 15, 16, 0x3f, 0x40, 0x45, 0x60, 0x7f, 0x80, 0xfe, 0xff];

/** Makes a frame of `from` in `to`; gives its length. */
function mutate(from: Uint8Array, other: Uint8Array, to: Uint8Array, random: Random): number {
  let length = from.length;
  to.set(from);
  const kind = random.below(16);
  if (kind === 0) length = random.below(length + 1);
  else if (kind === 1) {
    // The beginning of one, the rest of another: headers that promise something else.
    const cut = random.below(length + 1);
    const at = random.below(other.length + 1);
    const take = Math.min(other.length - at, MAX_LENGTH - cut);
    to.set(other.subarray(at, at + take), cut);
    length = cut + take;
  } else if (kind === 2) {
    const at = random.below(length + 1);
    const by = 1 + random.below(8);
    to.copyWithin(at + by, at, length);
    length += by;
  }
  if (length === 0) return 0;
  // Most changes to the headers, where decoding looks.
  const reach = random.below(4) ? Math.min(length, 80) : length;
  for (let n = random.below(6); n >= 0; n--) {
    const at = random.below(reach);
    const how = random.below(3);
    if (how === 0) to[at] = EDGES[random.below(EDGES.length)]!;
    else if (how === 1) to[at] = random.below(256);
    else to[at]! ^= 1 << random.below(8);
  }
  return length;
}

async function fuzz(count: number, seconds: number, seed: number): Promise<number> {
  const corpus = await seeds();
  const random = new Random(seed);
  const pipeline = engine(16_384);
  const p = new Packet();
  p.context.follow = ALL_TUNNELS;
  const frame = newFrame();
  const data = new Uint8Array(MAX_LENGTH + 16);
  const until = performance.now() + seconds * 1000;
  process.stdout.write(`${corpus.length} frames to begin with\n`);
  resetCounters();
  let decoded = 0;
  let before = 0;
  let n = 0;
  const fail = (why: string): number => {
    const hex = Buffer.from(data.subarray(0, frame.capLen)).toString('hex');
    process.stderr.write(`frame ${n} of seed ${seed}, link type ${frame.linkType}: ${why}\n${hex}\n`);
    return 1;
  };
  for (; n < count; n++) {
    const seedFrame = corpus[random.below(corpus.length)]!;
    frame.buf = data;
    frame.capLen = mutate(seedFrame.data, corpus[random.below(corpus.length)]!.data, data, random);
    frame.wireLen = random.below(8) ? frame.capLen : frame.capLen + random.below(2000);
    frame.linkType = random.below(32) ? seedFrame.linkType : corpus[random.below(corpus.length)]!.linkType;
    frame.vlanTci = random.below(16) ? -1 : random.below(65_536);
    frame.timeUs = START_US + n * 50;
    try {
      if (decodeFrame(frame, p)) decoded++;
    } catch (error) {
      return fail((error as Error).stack ?? '');
    }
    if (p.payloadLen < 0 || p.payloadAt + p.payloadLen > p.buf.length || p.payloadLen > Math.max(0, p.payloadWire))
      return fail(`payload ${p.payloadAt} + ${p.payloadLen} of ${p.payloadWire} in ${p.buf.length}`);
    pipeline.packet(frame);
    if (n % 4096 === 0) {
      pipeline.endOfSlice();
      if (bugs().length > 0) return fail(`within the last 4096 frames: ${bugs().join(', ')}`);
      if (performance.now() > until) break;
    }
    if (n === 1_000_000) before = settled();
    if (n % 1_000_000 === 999_999) process.stdout.write(`${n + 1} frames\n`);
  }
  const grown = before === 0 ? 0 : settled() - before;
  process.stdout.write(
    `${n} mutated frames, ${decoded} still IP, ${pipeline.flows.table.created} flows: nothing threw; ` +
      `memory after the first million and at the end differs by ${(grown / 2 ** 20).toFixed(1)} MB\n`,
  );
  if (grown > SLACK_BYTES) return fail(`memory grew by ${grown} bytes`);
  return 0;
}

/** Bytes in use after a collection. */
function settled(): number {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

async function spoil(pattern: string): Promise<number> {
  const work = mkdtempSync(join(tmpdir(), 'span-spoil-'));
  const frame = newFrame();
  let plays = 0;
  let files = 0;
  try {
    for (const path of globSync(pattern).sort()) {
      const frames = await framesOf(path, FRAMES);
      files++;
      const replay = (kept: (stored: StoredFrame, i: number) => boolean): void => {
        const pipeline = engine(512);
        frames.forEach((stored, i) => {
          if (kept(stored, i)) play(pipeline, frame, stored);
        });
        pipeline.flows.endAll('shutdown');
        plays++;
      };
      const p = new Packet();
      const sides = frames.map((stored) => sideOf(stored, p, frame));
      for (const side of [0, 1]) replay((_, i) => sides[i] !== side);
      const step = Math.max(1, Math.ceil(frames.length / GAPS));
      for (let gap = 0; gap < frames.length; gap += step) replay((_, i) => i < gap || i >= gap + step);
      const cut = engine(512);
      for (const stored of frames) {
        for (let length = 0; length <= Math.min(stored.data.length, MAX_LENGTH); length++)
          play(cut, frame, stored, length);
      }
      cut.flows.endAll('shutdown');
      plays += await cutFile(path, work);
      if (bugs().length > 0) {
        process.stderr.write(`${path}: ${bugs().join(', ')}\n`);
        return 1;
      }
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  process.stdout.write(`${files} captures, ${plays} spoiled replays: nothing threw\n`);
  return files > 0 ? 0 : 3;
}

/** 0 or 1: which end of the conversation sent it, by the order of addresses. */
function sideOf(stored: StoredFrame, p: Packet, frame: ReturnType<typeof newFrame>): number {
  let side = -1;
  play(
    {
      packet: (f) => {
        if (decodeFrame(f, p)) side = p.s3 - p.d3 > 0 || (p.s3 === p.d3 && p.sport > p.dport) ? 1 : 0;
      },
      endOfSlice() {},
    },
    frame,
    stored,
  );
  return side;
}

async function cutFile(path: string, work: string): Promise<number> {
  const bytes = readFileSync(path);
  const cutPath = join(work, 'cut.pcap');
  const step = bytes.length <= SMALL_FILE ? 1 : Math.ceil(bytes.length / CUTS);
  let cuts = 0;
  for (let length = 0; length < bytes.length; length += step) {
    writeFileSync(cutPath, bytes.subarray(0, length));
    await flowsOf(cutPath);
    cuts++;
  }
  return cuts;
}

async function main(): Promise<number> {
  let values: ReturnType<typeof options>;
  try {
    values = options();
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n${USAGE}`);
    return 2;
  }
  if (values.captures !== undefined) return await spoil(values.captures);
  if (!existsSync(join(import.meta.dirname, '../src/protocols'))) return 3;
  return await fuzz(Number(values.count), Number(values.seconds), Number(values.seed));
}

process.exitCode = await main();
