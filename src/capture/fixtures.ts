/** Capture files for tests, built byte by byte so that every field can be wrong on purpose. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FileOptions, FileSource } from './file.ts';
import type { SourceState, SourceStats } from './source.ts';

export interface Seen {
  timeUs: number;
  capLen: number;
  wireLen: number;
  linkType: number;
  /** The frame's bytes, copied. */
  data: Buffer;
}

export interface Outcome {
  frames: Seen[];
  state: SourceState;
  stats: SourceStats;
  slices: number;
}

const folder = mkdtempSync(join(tmpdir(), 'spanwatch-capture-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
let files = 0;

/** Writes a file that is gone when the process ends. */
export function tempFile(content: Uint8Array, name = `file-${++files}`): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** Reads a file to its end through a FileSource; `keep` false only counts. */
export async function readAll(path: string, options: FileOptions = {}, keep = true): Promise<Outcome> {
  const source = new FileSource(path, options);
  const frames: Seen[] = [];
  let slices = 0;
  await source.start({
    packet({ buf, off, capLen, wireLen, timeUs, linkType }) {
      if (off < 0 || capLen < 0 || off + capLen > buf.length) throw new Error('a frame lies outside its buffer');
      if (wireLen < capLen || !(timeUs >= 0)) throw new Error('a frame breaks its contract');
      if (keep) frames.push({ timeUs, capLen, wireLen, linkType, data: Buffer.from(buf.subarray(off, off + capLen)) });
    },
    endOfSlice() {
      slices++;
    },
  });
  return { frames, state: await source.finished(), stats: source.stats(), slices };
}

/** Little-endian or big-endian integers appended one after the other. */
export class Bytes {
  readonly #little: boolean;
  readonly #parts: Buffer[] = [];

  constructor(little: boolean) {
    this.#little = little;
  }

  u16(...values: number[]): this {
    for (const value of values) {
      const part = Buffer.alloc(2);
      if (this.#little) part.writeUInt16LE(value);
      else part.writeUInt16BE(value);
      this.#parts.push(part);
    }
    return this;
  }

  u32(...values: number[]): this {
    for (const value of values) {
      const part = Buffer.alloc(4);
      if (this.#little) part.writeUInt32LE(value);
      else part.writeUInt32BE(value);
      this.#parts.push(part);
    }
    return this;
  }

  add(data: Uint8Array): this {
    this.#parts.push(Buffer.from(data));
    return this;
  }

  /** Zeros up to a multiple of four. */
  pad(): this {
    return this.add(Buffer.alloc(-this.bytes().length & 3));
  }

  bytes(): Buffer {
    return Buffer.concat(this.#parts);
  }
}

/** A frame of `length` bytes whose content tells frames apart. */
export function payload(length: number, seed: number): Buffer {
  return Buffer.from(Uint8Array.from({ length }, (_, i) => (seed * 31 + i) & 0xff));
}

export interface PcapShape {
  little?: boolean;
  nano?: boolean;
  modified?: boolean;
  linkType?: number;
}

/** Lengths of the frames in the standard fixtures; frame i happens at 1,700,000,000 s + i ms. */
export const LENGTHS = [60, 514, 0, 77, 342];
export const FIRST_SECOND = 1_700_000_000;

export function pcap({ little = true, nano = false, modified = false, linkType = 1 }: PcapShape = {}): Buffer {
  const magic = modified ? 0xa1b2cd34 : nano ? 0xa1b23c4d : 0xa1b2c3d4;
  const out = new Bytes(little).u32(magic).u16(2, 4).u32(0, 0, 65535, linkType);
  LENGTHS.forEach((length, i) => {
    out.u32(FIRST_SECOND, i * (nano ? 1_000_000 : 1000), length, length + i);
    if (modified) out.u32(0, 0);
    out.add(payload(length, i));
  });
  return out.bytes();
}

/** One block of a pcapng file: type, body padded, both lengths. */
export function block(little: boolean, type: number, body: Uint8Array): Buffer {
  const padded = new Bytes(little).add(body).pad().bytes();
  const length = padded.length + 12;
  return new Bytes(little).u32(type, length).add(padded).u32(length).bytes();
}

export function section(little: boolean): Buffer {
  return block(little, 0x0a0d0d0a, new Bytes(little).u32(0x1a2b3c4d).u16(1, 0).u32(0xffffffff, 0xffffffff).bytes());
}

/** Interface description; options are [code, value]. */
export function description(
  little: boolean,
  linkType: number,
  snapLen: number,
  ...options: [number, Uint8Array][]
): Buffer {
  const body = new Bytes(little).u16(linkType, 0).u32(snapLen);
  for (const [code, value] of options) body.u16(code, value.length).add(value).pad();
  if (options.length > 0) body.u16(0, 0);
  return block(little, 1, body.bytes());
}

export function enhanced(little: boolean, id: number, units: bigint, data: Uint8Array, wireLen = data.length): Buffer {
  const body = new Bytes(little).u32(id, Number(units >> 32n), Number(units & 0xffffffffn), data.length, wireLen);
  return block(little, 6, body.add(data).bytes());
}

/** Two interfaces (µs and ns), a block of unknown type, a simple packet, an obsolete packet, statistics, a second section. */
export function pcapng(little = true): Buffer {
  const us = BigInt(FIRST_SECOND) * 1_000_000n;
  const statistics = new Bytes(little)
    .u32(0, 0, 0)
    .u16(7, 8)
    .u32(...(little ? [5, 0] : [0, 5]));
  const obsolete = new Bytes(little)
    .u16(1, 0)
    .u32(...halves((us + 4000n) * 1000n), 342, 346)
    .add(payload(342, 4));
  return Buffer.concat([
    section(little),
    description(little, 1, 0),
    description(little, 101, 0, [2, Buffer.from('eth1')], [9, Buffer.from([9])]),
    enhanced(little, 0, us, payload(60, 0)),
    block(little, 0xbad, payload(101, 9)),
    enhanced(little, 1, (us + 1000n) * 1000n, payload(514, 1), 515),
    block(little, 5, statistics.u16(0, 0).bytes()),
    block(little, 3, new Bytes(little).u32(77).add(payload(77, 3)).bytes()),
    block(little, 2, obsolete.bytes()),
    section(!little),
    description(!little, 113, 0, [9, Buffer.from([0x80 | 20])]),
    enhanced(!little, 0, BigInt(FIRST_SECOND) << 20n, payload(33, 5)),
  ]);
}

function halves(value: bigint): [number, number] {
  return [Number(value >> 32n), Number(value & 0xffffffffn)];
}

/** Reproducible pseudo-random numbers (xorshift32). */
export function random(seed: number): () => number {
  let state = seed | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}
