/**
 * A file of fixed size that holds the newest steps of one length: the step that begins at t lies in slot
 * (t / step) mod slots. A header page tells what it is; each record bears its own checksum, so that a torn write costs
 * one step. Without a path the same lies in memory.
 */
import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import { setAside } from '../alerts/set-aside.ts';
import { decodeRecord, encodeRecord, RECORD_BYTES, type StepRecord } from './record.ts';
import { PAGE, pagesOf } from './write-budget.ts';

const MAGIC = 'SPANHIST';
const VERSION = 1;

export class RingFile {
  readonly stepMs: number;
  readonly slots: number;
  readonly path: string | undefined;
  #file: FileHandle | undefined;
  #memory: Buffer | undefined;

  constructor(path: string | undefined, stepMs: number, slots: number) {
    this.path = path;
    this.stepMs = stepMs;
    this.slots = slots;
  }

  get bytes(): number {
    return PAGE + this.slots * RECORD_BYTES;
  }

  /**
   * Opens or makes the file. A file that is not one of ours, or torn, is set aside; one of another size is copied over.
   * Returns sentences about that. Throws when the folder takes no files.
   */
  async open(nowMs: number): Promise<string[]> {
    if (this.path === undefined) {
      this.#memory = Buffer.alloc(this.bytes);
      return [];
    }
    await mkdir(dirname(this.path), { recursive: true, mode: 0o700 });
    const notices: string[] = [];
    let kept: StepRecord[] = [];
    const old = await this.#inspect(this.path);
    if (old === 'good') {
      this.#file = await open(this.path, 'r+');
      return notices;
    }
    if (old === 'torn') {
      const aside = await setAside(this.path, nowMs);
      notices.push(`${this.path} was no history of ours or cut short: it is now ${aside}, a new one was begun`);
    } else if (old !== 'none') kept = old;
    this.#file = await open(this.path, constants.O_RDWR | constants.O_CREAT | constants.O_TRUNC, 0o600);
    await this.#file.truncate(this.bytes);
    await this.#file.write(this.#header(), 0, PAGE, 0);
    await this.write(kept);
    await this.#file.datasync();
    return notices;
  }

  /** Writes records into their slots; resolves once they are on the medium, with the bytes of the pages touched. */
  async write(records: readonly StepRecord[]): Promise<number> {
    let touched = 0;
    const sorted = [...records].sort((a, b) => a.beginMs - b.beginMs).slice(-this.slots);
    for (let i = 0; i < sorted.length; ) {
      const offset = this.#offset(sorted[i]!.beginMs);
      const run = [encodeRecord(sorted[i]!)];
      for (i++; i < sorted.length && this.#offset(sorted[i]!.beginMs) === offset + run.length * RECORD_BYTES; i++)
        run.push(encodeRecord(sorted[i]!));
      const bytes = Buffer.concat(run);
      if (this.#memory) bytes.copy(this.#memory, offset);
      else await this.#file?.write(bytes, 0, bytes.length, offset);
      touched += pagesOf(offset, bytes.length);
    }
    if (sorted.length > 0) await this.#file?.datasync();
    return this.#memory ? 0 : touched;
  }

  /** The steps that begin at fromMs, fromMs + step, …; undefined where none was written, was torn, or has been overwritten. */
  async read(fromMs: number, count: number): Promise<(StepRecord | undefined)[]> {
    const out: (StepRecord | undefined)[] = [];
    let index = Math.floor(fromMs / this.stepMs);
    for (let left = count; left > 0; ) {
      const slot = ((index % this.slots) + this.slots) % this.slots;
      const n = Math.min(left, this.slots - slot);
      const bytes = await this.#bytes(PAGE + slot * RECORD_BYTES, n * RECORD_BYTES);
      for (let i = 0; i < n; i++) {
        const record = decodeRecord(bytes, i * RECORD_BYTES);
        out.push(record?.beginMs === (index + i) * this.stepMs ? record : undefined);
      }
      index += n;
      left -= n;
    }
    return out;
  }

  async close(): Promise<void> {
    await this.#file?.close();
    this.#file = undefined;
  }

  #offset(beginMs: number): number {
    return PAGE + (Math.floor(beginMs / this.stepMs) % this.slots) * RECORD_BYTES;
  }

  async #bytes(offset: number, length: number): Promise<Buffer> {
    if (this.#memory) return this.#memory.subarray(offset, offset + length);
    const bytes = Buffer.alloc(length);
    await this.#file?.read(bytes, 0, length, offset);
    return bytes;
  }

  #header(slots = this.slots): Buffer {
    const page = Buffer.alloc(PAGE);
    page.write(MAGIC, 0, 'latin1');
    page.writeUInt32LE(VERSION, 8);
    page.writeUInt32LE(RECORD_BYTES, 12);
    page.writeUInt32LE(slots, 16);
    page.writeUInt32LE(this.stepMs / 1000, 20);
    page.writeUInt32LE(crc32(page.subarray(0, 24)), 24);
    return page;
  }

  /** The records of a file with another number of slots, or what is the matter. */
  async #inspect(path: string): Promise<'none' | 'good' | 'torn' | StepRecord[]> {
    const size = await stat(path).then(
      (s) => s.size,
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return -1;
        throw error;
      },
    );
    if (size < 0) return 'none';
    const file = await open(path, 'r');
    try {
      const page = Buffer.alloc(PAGE);
      await file.read(page, 0, PAGE, 0);
      const slots = page.readUInt32LE(16);
      if (!page.equals(this.#header(slots)) || size !== PAGE + slots * RECORD_BYTES) return 'torn';
      if (slots === this.slots) return 'good';
      const bytes = Buffer.alloc(size - PAGE);
      await file.read(bytes, 0, bytes.length, PAGE);
      const found = Array.from({ length: slots }, (_, i) => decodeRecord(bytes, i * RECORD_BYTES));
      return found.filter((r) => r !== undefined);
    } finally {
      await file.close();
    }
  }
}
