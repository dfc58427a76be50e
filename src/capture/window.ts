/**
 * A window that moves over a capture file: one fixed buffer, so that a file of any size is read in bounded memory. A file
 * on a disk is read half by half, the next half by another thread while this one is looked at; what must be waited for
 * (pipes, inflating) refills the buffer from its front. A record that a refill cut in two is carried over.
 */
import { type FileHandle, open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { createGunzip, type Gunzip } from 'node:zlib';

/** Bytes of one record of a file, headers and options included; more is malformed (libpcap's own limit is half of it). */
export const MAX_RECORD = 512 << 10;

/** Bytes of a file that are read at once. */
const READ_AT_ONCE = 512 << 10;

/** Each half has room in front for a record that began in the other one. */
const HALF_BYTES = MAX_RECORD + READ_AT_ONCE;

/** Bytes of the window. */
export const WINDOW_BYTES = 2 * HALF_BYTES;

/** Longest frame accepted: MAXIMUM_SNAPLEN of libpcap and Wireshark. */
export const MAX_FRAME = 262_144;

const COMPRESSED_CHUNK = 64 << 10;
const GUNZIP_QUEUE_BYTES = 1 << 20;

/** Bytes in order; `read` gives 0 at the end and rejects with a system or zlib error. */
interface ByteStream {
  read(into: Uint8Array, off: number, len: number): Promise<number>;
  close(): Promise<void>;
}

/** Names the two-byte magic of RFC 1952, section 2.3.1. */
function isGzip(head: Uint8Array, length: number): boolean {
  return length >= 2 && head[0] === 0x1f && head[1] === 0x8b;
}

class PlainBytes implements ByteStream {
  readonly #file: FileHandle;
  #head: Uint8Array | undefined;

  constructor(file: FileHandle, head: Uint8Array) {
    this.#file = file;
    this.#head = head;
  }

  async read(into: Uint8Array, off: number, len: number): Promise<number> {
    const head = this.#head;
    if (head !== undefined && head.length > 0) {
      const n = Math.min(len, head.length);
      into.set(head.subarray(0, n), off);
      this.#head = n < head.length ? head.subarray(n) : undefined;
      return n;
    }
    return (await this.#file.read(into, off, len, null)).bytesRead;
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

/** Inflates while reading. What was inflated before an error is delivered before the error is. */
class GzipBytes implements ByteStream {
  readonly #file: FileHandle;
  readonly #gunzip: Gunzip;
  readonly #feed: Readable;
  readonly #queue: Uint8Array[] = [];
  #queued = 0;
  #ended = false;
  #error: Error | undefined;
  #wake: (() => void) | undefined;

  constructor(file: FileHandle, head: Uint8Array) {
    this.#file = file;
    this.#gunzip = createGunzip({ chunkSize: 256 << 10 });
    this.#feed = Readable.from(compressedChunks(file, head), { objectMode: false, highWaterMark: COMPRESSED_CHUNK });
    this.#gunzip.on('data', (chunk: Buffer) => {
      this.#queue.push(chunk);
      this.#queued += chunk.length;
      if (this.#queued > GUNZIP_QUEUE_BYTES) this.#gunzip.pause();
      this.#signal();
    });
    this.#gunzip.on('end', () => {
      this.#ended = true;
      this.#signal();
    });
    const fail = (error: Error) => {
      this.#error ??= error;
      this.#signal();
    };
    this.#gunzip.on('error', fail);
    this.#feed.on('error', fail);
    this.#feed.pipe(this.#gunzip);
  }

  #signal(): void {
    this.#wake?.();
    this.#wake = undefined;
  }

  async read(into: Uint8Array, off: number, len: number): Promise<number> {
    while (this.#queue.length === 0) {
      if (this.#error !== undefined) throw this.#error;
      if (this.#ended) return 0;
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#gunzip.resume();
      await woken;
    }
    const chunk = this.#queue[0]!;
    const n = Math.min(len, chunk.length);
    into.set(chunk.subarray(0, n), off);
    if (n < chunk.length) this.#queue[0] = chunk.subarray(n);
    else this.#queue.shift();
    this.#queued -= n;
    return n;
  }

  async close(): Promise<void> {
    this.#feed.unpipe(this.#gunzip);
    this.#gunzip.destroy();
    // The generator may be inside a read: wait for its end, or closing the file would race with it.
    await new Promise<void>((resolve) => {
      if (this.#feed.closed) resolve();
      else this.#feed.once('close', resolve).destroy();
    });
    await this.#file.close();
  }
}

async function* compressedChunks(file: FileHandle, head: Uint8Array): AsyncGenerator<Uint8Array> {
  yield head;
  for (;;) {
    const chunk = Buffer.allocUnsafe(COMPRESSED_CHUNK);
    const { bytesRead } = await file.read(chunk, 0, chunk.length, null);
    if (bytesRead === 0) return;
    yield chunk.subarray(0, bytesRead);
  }
}

export class Window {
  readonly buf = new Uint8Array(WINDOW_BYTES);
  readonly view = new DataView(this.buf.buffer);
  /** Next unread byte in `buf`. */
  pos = 0;
  /** One past the last byte present in `buf`. */
  end = 0;
  /** Offset of buf[0] in the (inflated) file. */
  base = 0;
  /** The file was inflated, so that offsets count inflated bytes. */
  gzip = false;
  #bytes: ByteStream | undefined;
  /** The half that is being read, and how many bytes it will have; a file on a disk only, which no writer makes wait. */
  #half = 0;
  #ahead: Promise<number> | undefined;

  /** Opens a file, looks whether it is gzip. Rejects with the system error; the window stays closed then. */
  async open(path: string): Promise<void> {
    const file = await open(path, 'r');
    try {
      const head = new Uint8Array(COMPRESSED_CHUNK);
      let length = 0;
      // A pipe may give one byte at a time.
      while (length < 2) {
        const { bytesRead } = await file.read(head, length, head.length - length, null);
        if (bytesRead === 0) break;
        length += bytesRead;
      }
      this.gzip = isGzip(head, length);
      const begun = head.subarray(0, length);
      if (this.gzip) this.#bytes = new GzipBytes(file, begun);
      else this.#bytes = new PlainBytes(file, begun);
      this.pos = this.end = this.base = 0;
      this.#half = 0;
      this.#ahead = undefined;
      if (!this.gzip && (await file.stat()).isFile()) this.#readAhead();
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** Brings more bytes behind the unread rest; false at the end of the file. Rejects as ByteStream.read does. */
  async fill(): Promise<boolean> {
    if (this.#ahead !== undefined) return await this.#nextHalf();
    if (this.pos > 0) {
      this.buf.copyWithin(0, this.pos, this.end);
      this.base += this.pos;
      this.end -= this.pos;
      this.pos = 0;
    }
    const n = await this.#bytes!.read(this.buf, this.end, this.buf.length - this.end);
    this.end += n;
    return n > 0;
  }

  async #nextHalf(): Promise<boolean> {
    const n = await this.#ahead!;
    if (n === 0) return false;
    const start = this.#half * HALF_BYTES + MAX_RECORD;
    const rest = this.end - this.pos;
    this.buf.copyWithin(start - rest, this.pos, this.end);
    this.base += this.end - start;
    this.pos = start - rest;
    this.end = start + n;
    this.#half = 1 - this.#half;
    this.#readAhead();
    return true;
  }

  #readAhead(): void {
    const ahead = this.#bytes!.read(this.buf, this.#half * HALF_BYTES + MAX_RECORD, READ_AT_ONCE);
    // Told when it is waited for; a window that is closed before does not care.
    ahead.catch(() => {});
    this.#ahead = ahead;
  }

  async close(): Promise<void> {
    const bytes = this.#bytes;
    this.#bytes = undefined;
    this.#ahead = undefined;
    // Waits for a read that is under way.
    await bytes?.close();
  }
}
