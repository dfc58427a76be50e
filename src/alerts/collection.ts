/**
 * One NeDB collection made safe for an appliance: a damaged file never stops the start, a write is done when the medium
 * has it, a failed write leaves the file readable and is made good later, and opening rewrites nothing.
 *
 * Facts of NeDB 4.1 that this file works around: appends are not fsynced; a torn line is joined by the next append;
 * loading parses with a reviver (ten times slower than without) and then always rewrites the whole file, which a card
 * pays for at each restart.
 */
import { mkdir, rm, stat, truncate } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Readable } from 'node:stream';
import { setImmediate as breathe } from 'node:timers/promises';
import nedb from '@seald-io/nedb';
import { type Check, type Kept, salvage } from './salvage.ts';
import { syncDir, syncFile } from './sync.ts';

/** The package exports the class itself; its types describe a `default` that only bundlers make. */
const Datastore = nedb as unknown as typeof nedb.default;

/** The parts of NeDB behind its typed face that are used here; the exact version is pinned and tested. */
interface Inside<T> {
  persistence: {
    persistCachedDatabaseAsync(): Promise<void>;
    persistNewStateAsync(docs: unknown[]): Promise<void>;
    treatRawStreamAsync(stream: Readable): Promise<{ data: T[]; indexes: object }>;
  };
  indexes: { _id: { getMatching(id: string): T[] } };
}

export interface CollectionOptions {
  file: string;
  check: Check;
  /** Longest line that is believed when reading. */
  lineBytes: number;
  now(): number;
}

export interface Collection<T extends { _id: string }> {
  /** Opens or creates the file and returns its documents. Rejects only when the folder cannot be read or written. */
  open(): Promise<Kept<T>[]>;
  /**
   * Writes documents (new or changed) and removals; resolves once they are on the medium. After a rejection the file is
   * as it was before; call again with the same change and more: the file is then rewritten whole. One call at a time.
   */
  write(put: T[], remove: string[]): Promise<void>;
  /** Rewrites the file with one line per document. One call at a time with write(). */
  compact(): Promise<void>;
  /** NeDB's own copy of a document, to be shared and never changed; undefined when there is none. */
  live(id: string): T | undefined;
  stats(): { fileBytes: number; bytesWritten: number; broken: boolean };
  notices(): string[];
}

/** Documents written between two looks at the event loop while compacting. */
const SLICE = 200;

export function createCollection<T extends { _id: string }>(options: CollectionOptions): Collection<T> {
  const { file } = options;
  let db: InstanceType<typeof Datastore<T>> | undefined;
  let inside: Inside<T> | undefined;
  let fileBytes = 0;
  let bytesWritten = 0;
  /** The file may lack what memory has, or end in half a line. */
  let broken = false;
  const notices: string[] = [];

  function opened(): { db: InstanceType<typeof Datastore<T>>; inside: Inside<T> } {
    if (db === undefined || inside === undefined) throw new Error(`${file} was not opened`);
    return { db, inside };
  }

  async function apply(put: T[], remove: string[]): Promise<void> {
    const { db: store, inside: raw } = opened();
    const known = (doc: T): boolean => raw.indexes._id.getMatching(doc._id).length > 0;
    const fresh: T[] = [];
    const changed: T[] = [];
    for (const doc of put) (known(doc) ? changed : fresh).push(doc);
    if (fresh.length > 0) await store.insertAsync(fresh);
    for (const doc of changed) await store.updateAsync({ _id: doc._id }, doc, {});
    if (remove.length > 0) await store.removeAsync({ _id: { $in: remove } }, { multi: true });
  }

  async function rewriteFile(): Promise<void> {
    const { db: store } = opened();
    try {
      await store.compactDatafileAsync();
    } catch (error) {
      // Half a copy would keep the space that the next try needs.
      await rm(`${file}~`, { force: true });
      throw error;
    }
    fileBytes = (await stat(file)).size;
    bytesWritten += fileBytes;
    broken = false;
  }

  return {
    async open() {
      await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      const checked = await salvage<T>(file, options.lineBytes, options.check, options.now());
      notices.push(...checked.notices);
      let written = 0;
      const store = new Datastore<T>({
        filename: file,
        corruptAlertThreshold: 1,
        modes: { fileMode: 0o600, dirMode: 0o700 },
        // The pair must be given together; the pause keeps the admin page alive while thousands of lines are written.
        afterSerialization: async (line) => {
          if (++written % SLICE === 0) await breathe();
          return line;
        },
        beforeDeserialization: (line) => line,
        testSerializationHooks: false,
      } as ConstructorParameters<typeof Datastore>[0]);
      const raw = store as unknown as Inside<T>;
      const rewriteOnLoad = raw.persistence.persistCachedDatabaseAsync;
      raw.persistence.persistCachedDatabaseAsync = () => Promise.resolve();
      raw.persistence.treatRawStreamAsync = (stream) => {
        stream.destroy();
        return Promise.resolve({ data: checked.docs.map(({ doc }) => doc), indexes: {} });
      };
      await store.loadDatabaseAsync();
      raw.persistence.persistCachedDatabaseAsync = rewriteOnLoad;
      // The name of a new file must outlive a power cut before the first write is called done.
      if (checked.fileBytes === 0) await syncDir(dirname(file));
      db = store;
      inside = raw;
      // After a crash the lines just read may not be on the medium yet, and they will be answered for as if they were.
      fileBytes = await syncFile(file);
      bytesWritten += checked.notices.length > 0 ? fileBytes : 0;
      return checked.docs;
    },
    async write(put, remove) {
      const { inside: raw } = opened();
      if (broken) {
        const append = raw.persistence.persistNewStateAsync;
        raw.persistence.persistNewStateAsync = () => Promise.resolve();
        try {
          await apply(put, remove);
        } finally {
          raw.persistence.persistNewStateAsync = append;
        }
        await rewriteFile();
        return;
      }
      if (put.length === 0 && remove.length === 0) return;
      const before = fileBytes;
      try {
        await apply(put, remove);
        fileBytes = await syncFile(file);
        bytesWritten += fileBytes - before;
      } catch (error) {
        broken = true;
        await truncate(file, before).catch(() => {});
        throw error;
      }
    },
    compact: rewriteFile,
    live: (id) => inside?.indexes._id.getMatching(id)[0],
    stats: () => ({ fileBytes, bytesWritten, broken }),
    notices: () => notices,
  };
}
