/**
 * Checks a NeDB data file line by line before NeDB opens it: NeDB drops bad lines without a word up to a tenth of the
 * file, and refuses the whole file above that. Here each bad line is counted, the damaged file is kept, and what can be
 * read goes on.
 */
import { closeSync, createReadStream, fsyncSync, openSync, writeSync } from 'node:fs';
import { rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { lineReader } from '../link/lines.ts';
import { damagedName, pruneAside, setAside } from './set-aside.ts';
import { syncDir } from './sync.ts';

/** Text gathered before one write. */
const WRITE_CHARS = 1024 * 1024;

/** True for a document that this collection would have written. */
export type Check = (doc: { [key: string]: unknown }) => boolean;

/** A document as it was last written, with the bytes of its line. */
export interface Kept<T> {
  doc: T;
  bytes: number;
}

export interface Salvage<T> {
  docs: Kept<T>[];
  /** Sentences for the owner; empty when the file was whole. */
  notices: string[];
  fileBytes: number;
}

type Line = { [key: string]: unknown } & { _id: string };

function parse(line: string, check: Check): Line | undefined {
  let doc: unknown;
  try {
    doc = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof doc !== 'object' || doc === null || Array.isArray(doc)) return undefined;
  const record = doc as Line;
  if (typeof record['_id'] !== 'string' || record['_id'] === '' || record['_id'] === '__proto__') return undefined;
  return record['$$deleted'] === true || check(record) ? record : undefined;
}

/** Plays the lines of an append-only file: the last one of each id counts. */
function player<T>(): { play(line: Line, bytes: number): void; docs(): Kept<T>[] } {
  const docs = new Map<string, Kept<T>>();
  return {
    play(line, bytes) {
      if (line['$$deleted'] === true) docs.delete(line._id);
      else docs.set(line._id, { doc: line as unknown as T, bytes });
    },
    docs: () => [...docs.values()],
  };
}

interface Scan {
  good: number;
  bad: number;
  tooLong: number;
  tail: Uint8Array;
  /** Bytes of an unfinished last line, the part that was too long to keep included. */
  tailBytes: number;
}

async function scan(
  file: string,
  lineBytes: number,
  check: Check,
  onGood: (doc: Line, line: string) => void,
): Promise<Scan> {
  let good = 0;
  let bad = 0;
  let sinceNewline = 0;
  const reader = lineReader({ lineBytes }, (line) => {
    const doc = parse(line, check);
    if (doc !== undefined) {
      good += 1;
      onGood(doc, line);
    } else bad += 1;
  });
  for await (const chunk of createReadStream(file, { highWaterMark: 256 * 1024 }) as AsyncIterable<Buffer>) {
    reader.push(chunk);
    const newline = chunk.lastIndexOf(10);
    sinceNewline = newline === -1 ? sinceNewline + chunk.length : chunk.length - newline - 1;
  }
  return { good, bad, tooLong: reader.tooLong(), tail: reader.pending(), tailBytes: sinceNewline };
}

/**
 * Makes `file` whole: a torn last line is cut off (and kept aside), a file with bad lines is set aside and rewritten
 * from its good ones. Does nothing for a missing file. Errors of the file system are thrown.
 */
export async function salvage<T>(file: string, lineBytes: number, check: Check, nowMs: number): Promise<Salvage<T>> {
  const size = await stat(file).then(
    (info) => info.size,
    () => undefined,
  );
  if (size === undefined) return { docs: [], notices: [], fileBytes: 0 };
  const { play, docs } = player<T>();
  const found = await scan(file, lineBytes, check, (doc, line) => play(doc, Buffer.byteLength(line) + 1));
  const bad = found.bad + found.tooLong;
  if (bad > 0) return rewrite(file, lineBytes, check, nowMs);
  if (found.tailBytes === 0) return { docs: docs(), notices: [], fileBytes: size };
  const tail = parse(Buffer.from(found.tail).toString('utf8'), check);
  if (tail !== undefined) {
    // Cut exactly before the newline: the document is whole.
    await writeFile(file, '\n', { flag: 'a' });
    play(tail, found.tailBytes + 1);
    return { docs: docs(), notices: [], fileBytes: size + 1 };
  }
  const aside = damagedName(file, nowMs);
  await writeFile(aside, found.tail, { mode: 0o600 });
  await pruneAside(file);
  await truncate(file, size - found.tailBytes);
  const notice =
    `the last line of ${basename(file)} was torn (power cut or crash while writing): ` +
    `${found.tailBytes} bytes were cut off and kept as ${basename(aside)}, ${found.good} lines are whole`;
  return { docs: docs(), notices: [notice], fileBytes: size - found.tailBytes };
}

async function rewrite<T>(file: string, lineBytes: number, check: Check, nowMs: number): Promise<Salvage<T>> {
  const aside = await setAside(file, nowMs);
  const temporary = `${file}.salvage`;
  // Synchronous writes: this runs before anything else does, and the reader hands lines over synchronously.
  const out = openSync(temporary, 'w', 0o600);
  let text = '';
  let fileBytes = 0;
  const flush = (): void => {
    fileBytes += writeSync(out, text);
    text = '';
  };
  try {
    const { play, docs } = player<T>();
    const found = await scan(aside, lineBytes, check, (doc, line) => {
      play(doc, Buffer.byteLength(line) + 1);
      text += `${line}\n`;
      if (text.length > WRITE_CHARS) flush();
    });
    const tail = Buffer.from(found.tail).toString('utf8');
    const last = parse(tail, check);
    if (last !== undefined) {
      play(last, Buffer.byteLength(tail) + 1);
      text += `${tail}\n`;
    }
    flush();
    fsyncSync(out);
    const saved = found.good + (last === undefined ? 0 : 1);
    const lost = found.bad + found.tooLong + (found.tailBytes > 0 && last === undefined ? 1 : 0);
    await rename(temporary, file);
    await syncDir(dirname(file));
    const notice = `${lost} lines of ${basename(file)} could not be read: the file is kept as ${basename(aside)}, ${saved} lines were saved`;
    return { docs: docs(), notices: [notice], fileBytes };
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  } finally {
    closeSync(out);
  }
}
