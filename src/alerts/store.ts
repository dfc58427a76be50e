/**
 * The alert store: rows in memory, NeDB on the disk. Events are folded at once and shown at once; they count as stored
 * only when their batch is flushed, and only then does the engine forget them.
 */
import { totalmem } from 'node:os';
import { basename } from 'node:path';
import type { AlertFilter, AlertsPort } from '../appliance/port.ts';
import { type Level, log } from '../log.ts';
import type { AlertEvent, StoredAlert } from './alert.ts';
import { createCollection } from './collection.ts';
import { createLedger, isLedger, type LedgerDoc } from './ledger.ts';
import type { MatchSubject } from './match.ts';
import { isEvent, isRow, type Row, shown } from './row.ts';
import type { Kept } from './salvage.ts';
import { createAlertTable } from './table.ts';

/** Bounds of the store, with their reasons. */
export const STORE_LIMITS = {
  /** A month of a noisy office; a row is about 1.3 kB in memory, so 50,000 of them are 65 MB. */
  documents: 50_000,
  /** What a box of less than SMALL_BOX_BYTES keeps: 26 MB. */
  documentsSmall: 20_000,
  /** Of the file for each row it may hold; the rows themselves get half. While compacting, 1.5 times the file is on the card. */
  fileBytesPerRow: 1920,
  /** Longest line believed when reading; an event is at most 64 KiB (outbox). */
  lineBytes: 512 * 1024,
  /** Characters of an owner's note. */
  noteChars: 2000,
  /** Sentences about damaged files, newest kept. */
  notices: 10,
} as const;

/** Memory below which a box keeps fewer alerts. */
const SMALL_BOX_BYTES = 1.5 * 1024 ** 3;

/** Rows that a machine of this memory keeps, and bytes of the file they lie in. */
export function storeBounds(memoryBytes: number): { documents: number; fileBytes: number } {
  const documents = memoryBytes < SMALL_BOX_BYTES ? STORE_LIMITS.documentsSmall : STORE_LIMITS.documents;
  return { documents, fileBytes: documents * STORE_LIMITS.fileBytesPerRow };
}

const FLUSH_AFTER_MS = 2000;
const FLUSH_AFTER_ROWS = 50;
/** A storm of alerts is flushed at most this often: each flush rewrites at least one erase block of a card. */
const FLUSH_PAUSE_MS = 500;
/** Rows numbered ten times a second after a start: 5 ms on a Pi. */
const PREPARED_A_TICK = 250;
const RETRY_MS = 5000;
const LEDGER_EVERY_MS = 3_600_000;
/** An engaged alert that its engine forgot (it was restarted) ends after this time unless it is engaged again. */
const ORPHAN_MS = 600_000;
/** Local hour at which garbage is compacted away. */
const COMPACT_HOUR = 4;
/** A file below this is not worth a rewrite. */
const COMPACT_BYTES = 256 * 1024;
/** What a search prepared is kept for the next key stroke or page. */
const SEARCH_KEEP_MS = 60_000;

export interface AlertStoreOptions {
  /** Path of the data file, "…/alerts.db". */
  file: string;
  documents?: number;
  fileBytes?: number;
  /** A change waits at most this long for others before it is written; default 2000. */
  flushAfterMs?: number;
  now?(): number;
  /**
   * True for an event that an owner excluded: it is neither stored nor shown, and acknowledged at once. Asked for each
   * event except the end of an engaged alert that is stored, which must come to its end.
   */
  excluded?(event: AlertEvent): boolean;
  /** True at the start: nothing is written, all is lost at the end, and that is wanted. */
  memory?: boolean;
  /** Called within `add` for each event that made or changed a row. */
  onTaken?(row: StoredAlert, event: AlertEvent): void;
  /** Where sentences for the owner go besides health(); default the log. */
  say?(level: Level, text: string): void;
}

export interface AlertStore extends AlertsPort {
  /** Reads what is there; a damaged or unusable file is a notice, never a rejection. */
  start(): Promise<void>;
  /** Flushes, compacts when half of the file is garbage, closes. */
  stop(): Promise<void>;
  /**
   * Takes events in, each key once. Resolves when all of them are on the disk: then the engine may forget them. Never
   * rejects; while the disk refuses writes it stays open. Malformed events are counted and dropped.
   */
  add(events: AlertEvent[]): Promise<void>;
  /** A fresh engine has no memory of what is engaged: what it does not engage again in ten minutes ends. */
  engineRestarted(): void;
  /** Grows every second while the store works (a refused write that is reported counts as work, a hanging one does not). */
  progress(): number;
  /** False while new alerts are not being written; health().notices says why. */
  working(): boolean;
  /** Calls `look` with every stored alert, newest first; nothing may be changed while it runs. */
  each(look: (alert: MatchSubject & { _id: string; title: string; count: number }) => void): void;
  /** Bytes written per UTC day, a month back. */
  writes(): { [day: string]: number };
}

interface Waiter {
  done(): void;
  /** Absent for those that wait until it works. */
  failed?(error: Error): void;
}

export function createAlertStore(options: AlertStoreOptions): AlertStore {
  const { file } = options;
  const now = options.now ?? Date.now;
  const say = options.say ?? ((level, text) => log(level, 'alerts', text));
  const bounds = storeBounds(totalmem());
  const documents = options.documents ?? bounds.documents;
  const fileLimit = options.fileBytes ?? bounds.fileBytes;
  const table = createAlertTable({ documents, bytes: fileLimit / 2 });
  const ledger = createLedger();
  const collection = createCollection<Row | LedgerDoc>({
    file,
    check: (doc) => isLedger(doc) || isRow(doc),
    lineBytes: STORE_LIMITS.lineBytes,
    now,
  });
  const listeners = new Set<() => void>();
  const notices: string[] = [];
  /** Ids to write or to remove: what they are now decides which. */
  let dirty = new Set<string>();
  let waiting: Waiter[] = [];
  let flushing: Promise<void> | undefined;
  let orphans = new Map<string, number>();
  let timer: NodeJS.Timeout | undefined;
  let usable = false;
  let failure = '';
  let dropped = 0;
  let progress = 0;
  let accounted = 0;
  /** Monotonic ms. */
  let dirtySince = 0;
  let flushedAt = Number.NEGATIVE_INFINITY;
  let ledgerAt = 0;
  let compactedOn = '';
  let searchedAt = 0;

  function notice(text: string): void {
    notices.push(text);
    notices.splice(0, notices.length - STORE_LIMITS.notices);
    say('warn', text);
  }

  function changed(): void {
    for (const listener of listeners) listener();
  }

  function touch(id: string): void {
    if (dirty.size === 0) dirtySince = performance.now();
    dirty.add(id);
  }

  /** Brings the table back to its bounds. A row that never reached the disk leaves no trace there. */
  function evict(): void {
    for (const id of table.evict()) {
      dropped += 1;
      if (flushing === undefined && collection.live(id) === undefined) dirty.delete(id);
      else touch(id);
    }
  }

  function account(): void {
    const { bytesWritten } = collection.stats();
    ledger.add(bytesWritten - accounted, now());
    accounted = bytesWritten;
  }

  async function writeBatch(batch: Set<string>): Promise<void> {
    const put: (Row | LedgerDoc)[] = [];
    const remove: string[] = [];
    for (const id of batch) {
      const row = table.get(id);
      if (row === undefined) remove.push(id);
      else put.push(row);
    }
    if (performance.now() - ledgerAt > LEDGER_EVERY_MS) {
      put.push(ledger.doc());
      ledgerAt = performance.now();
    }
    await collection.write(put, remove);
    for (const row of put) {
      if (row._id === 'ledger' || table.get(row._id) !== row) continue;
      const live = collection.live(row._id);
      if (live !== undefined) table.share(live as Row);
    }
    if (collection.stats().fileBytes > fileLimit) await collection.compact();
    account();
  }

  async function flushOnce(): Promise<void> {
    const batch = dirty;
    const done = waiting;
    dirty = new Set();
    waiting = [];
    try {
      if (batch.size > 0) await writeBatch(batch);
      if (failure !== '') notice(`writing to ${basename(file)} works again`);
      failure = '';
      for (const waiter of done) waiter.done();
    } catch (error) {
      for (const id of batch) touch(id);
      const why = (error as Error).message;
      if (failure === '') say('error', `cannot write ${file}: ${why}; trying again every 5 s`);
      failure = `cannot write ${basename(file)}: ${why}; new alerts are kept in memory only and the write is tried again`;
      waiting = [...done.filter((waiter) => waiter.failed === undefined), ...waiting];
      for (const waiter of done) waiter.failed?.(new Error(failure));
    } finally {
      flushedAt = performance.now();
    }
  }

  function flush(): Promise<void> {
    if (!usable) return Promise.resolve();
    flushing ??= flushOnce().finally(() => {
      flushing = undefined;
    });
    return flushing;
  }

  function due(): boolean {
    if (dirty.size === 0 && waiting.length === 0) return false;
    const sinceFlush = performance.now() - flushedAt;
    if (failure !== '') return sinceFlush >= RETRY_MS;
    if (dirty.size === 0) return true;
    if (dirty.size >= FLUSH_AFTER_ROWS) return sinceFlush >= FLUSH_PAUSE_MS;
    return performance.now() - dirtySince >= (options.flushAfterMs ?? FLUSH_AFTER_MS);
  }

  function endOrphans(): void {
    if (orphans.size === 0) return;
    for (const [id, since] of orphans) {
      if (performance.now() - since < ORPHAN_MS) continue;
      orphans.delete(id);
      const row = table.get(id);
      if (row?.state !== 'engaged') continue;
      table.set({ ...row, state: 'past', endMs: row.lastMs });
      touch(id);
    }
  }

  async function compactAtNight(): Promise<void> {
    const date = new Date(now());
    const day = date.toDateString();
    if (date.getHours() !== COMPACT_HOUR || compactedOn === day || flushing !== undefined) return;
    compactedOn = day;
    const { fileBytes } = collection.stats();
    if (fileBytes < COMPACT_BYTES || fileBytes < table.bytes() * 1.3) return;
    flushing = collection
      .compact()
      .then(account, (error: Error) => notice(`cannot compact ${basename(file)}: ${error.message}`))
      .finally(() => {
        flushing = undefined;
      });
    await flushing;
  }

  function tick(): void {
    endOrphans();
    table.prepare(PREPARED_A_TICK);
    if (performance.now() - searchedAt > SEARCH_KEEP_MS) table.forgetSearch();
    if (due()) void flush();
    else if (usable) void compactAtNight();
    if (flushing === undefined || failure !== '') progress += 1;
  }

  /** Writes what an owner did at once, whatever the batch timer says; resolves when it is on the disk. */
  function settle(): Promise<void> {
    changed();
    if (options.memory) {
      dirty.clear();
      return Promise.resolve();
    }
    if (!usable) return Promise.reject(new Error(`the change is kept in memory only: ${notices.at(-1)}`));
    return new Promise((resolve, reject) => {
      waiting.push({ done: resolve, failed: reject });
      // A running flush has taken its batch already: this one goes with the next.
      void (flushing ?? Promise.resolve()).then(flush);
    });
  }

  function edit(ids: string[], change: (row: Row) => Row): Promise<void> {
    for (const id of ids) {
      const row = table.get(id);
      if (row === undefined) continue;
      table.set(change(row));
      touch(id);
    }
    return settle();
  }

  return {
    async start() {
      try {
        if (options.memory) return;
        const docs = await collection.open();
        for (const text of collection.notices()) notice(text);
        const rows: Kept<Row>[] = [];
        for (const { doc, bytes } of docs) {
          if ('days' in doc) ledger.load(doc);
          else rows.push({ doc, bytes });
        }
        table.load(rows);
        usable = true;
        evict();
        account();
        ledgerAt = performance.now();
      } catch (error) {
        notice(`cannot use ${file}: ${(error as Error).message}; alerts are kept in memory only until the next start`);
      } finally {
        timer = setInterval(tick, 100);
      }
    },
    async stop() {
      clearInterval(timer);
      await flushing;
      await flush();
      if (!usable || failure !== '') return;
      const { fileBytes } = collection.stats();
      await collection.write([ledger.doc()], []).catch(() => {});
      if (fileBytes > COMPACT_BYTES && fileBytes > table.bytes() * 2) await collection.compact().catch(() => {});
    },
    add(events) {
      let any = false;
      for (const event of events) {
        if (!isEvent(event)) {
          dropped += 1;
          continue;
        }
        if (options.excluded?.(event) === true && !table.ends(event)) continue;
        const row = table.apply(event);
        if (row === undefined) continue;
        orphans.delete(row._id);
        touch(row._id);
        any = true;
        options.onTaken?.(shown(row), event);
      }
      // Nothing was taken in: there is nothing to wait for but what already waits.
      if (!any && dirty.size === 0 && flushing === undefined) return Promise.resolve();
      if (any) {
        evict();
        changed();
      }
      if (options.memory) {
        dirty.clear();
        return Promise.resolve();
      }
      return new Promise((resolve) => {
        if (usable) waiting.push({ done: resolve });
      });
    },
    engineRestarted() {
      orphans = new Map(table.engaged().map((row) => [row._id, performance.now()]));
    },
    query(filter: AlertFilter) {
      if (filter.search !== undefined) searchedAt = performance.now();
      const { total, items } = table.query(filter);
      return { total, items: items.map(shown) };
    },
    groups(filter, by) {
      if (filter.search !== undefined) searchedAt = performance.now();
      const { total, alerts, items } = table.groups(filter, by);
      return { total, alerts, items: items.map((group) => ({ ...group, latest: shown(group.latest) })) };
    },
    alike: (id) => table.alike(id),
    ids: (filter, most) => table.ids(filter, most),
    each: (look) => table.each(look),
    get(id) {
      const row = table.get(id);
      return row === undefined ? undefined : shown(row);
    },
    counts: () => table.counts(),
    acknowledge: (ids, on) => edit(ids, (row) => ({ ...row, acknowledged: on })),
    note: (id, text) => edit([id], (row) => ({ ...row, note: text.slice(0, STORE_LIMITS.noteChars) })),
    remove(ids) {
      for (const id of ids) if (table.remove(id)) touch(id);
      return settle();
    },
    health: () => ({
      documents: table.size(),
      limit: documents,
      fileBytes: collection.stats().fileBytes,
      fileLimit,
      dropped,
      pendingWrites: dirty.size,
      bytesWrittenToday: ledger.today(now()),
      notices: failure === '' ? [...notices] : [...notices, failure],
    }),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    progress: () => progress,
    working: () => options.memory === true || (usable && failure === ''),
    writes: () => ledger.days(),
  };
}
