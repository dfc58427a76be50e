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

export interface Salvage {
  /** Sentences for the owner; empty when the file was whole. */
  notices: string[];
  /** Lines that could be read, deletions included. */
  lines: number;
  fileBytes: number;
}

function readable(line: string, check: Check): boolean {
  let doc: unknown;
  try {
    doc = JSON.parse(line);
  } catch {
    return false;
  }
  if (typeof doc !== 'object' || doc === null || Array.isArray(doc)) return false;
  const record = doc as { [key: string]: unknown };
  if (typeof record['_id'] !== 'string' || record['_id'] === '' || record['_id'] === '__proto__') return false;
  return record['$$deleted'] === true || check(record);
}

interface Scan {
  good: number;
  bad: number;
  tooLong: number;
  tail: Uint8Array;
  /** Bytes of an unfinished last line, the part that was too long to keep included. */
  tailBytes: number;
}

async function scan(file: string, lineBytes: number, check: Check, onGood?: (line: string) => void): Promise<Scan> {
  let good = 0;
  let bad = 0;
  let sinceNewline = 0;
  const reader = lineReader({ lineBytes }, (line) => {
    if (readable(line, check)) {
      good += 1;
      onGood?.(line);
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
export async function salvage(file: string, lineBytes: number, check: Check, nowMs: number): Promise<Salvage> {
  const size = await stat(file).then(
    (info) => info.size,
    () => undefined,
  );
  if (size === undefined) return { notices: [], lines: 0, fileBytes: 0 };
  const found = await scan(file, lineBytes, check);
  const bad = found.bad + found.tooLong;
  if (bad > 0) return rewrite(file, lineBytes, check, nowMs);
  if (found.tailBytes === 0) return { notices: [], lines: found.good, fileBytes: size };
  if (readable(Buffer.from(found.tail).toString('utf8'), check)) {
    // Cut exactly before the newline: the document is whole.
    await writeFile(file, '\n', { flag: 'a' });
    return { notices: [], lines: found.good + 1, fileBytes: size + 1 };
  }
  const aside = damagedName(file, nowMs);
  await writeFile(aside, found.tail, { mode: 0o600 });
  await pruneAside(file);
  await truncate(file, size - found.tailBytes);
  const notice =
    `the last line of ${basename(file)} was torn (power cut or crash while writing): ` +
    `${found.tailBytes} bytes were cut off and kept as ${basename(aside)}, ${found.good} lines are whole`;
  return { notices: [notice], lines: found.good, fileBytes: size - found.tailBytes };
}

async function rewrite(file: string, lineBytes: number, check: Check, nowMs: number): Promise<Salvage> {
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
    const found = await scan(aside, lineBytes, check, (line) => {
      text += `${line}\n`;
      if (text.length > WRITE_CHARS) flush();
    });
    const tail = Buffer.from(found.tail).toString('utf8');
    const wholeTail = readable(tail, check);
    if (wholeTail) text += `${tail}\n`;
    flush();
    fsyncSync(out);
    const saved = found.good + (wholeTail ? 1 : 0);
    const lost = found.bad + found.tooLong + (found.tailBytes > 0 && !wholeTail ? 1 : 0);
    await rename(temporary, file);
    await syncDir(dirname(file));
    const notice = `${lost} lines of ${basename(file)} could not be read: the file is kept as ${basename(aside)}, ${saved} lines were saved`;
    return { notices: [notice], lines: saved, fileBytes };
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  } finally {
    closeSync(out);
  }
}
