/** All rows in memory: folding, order, bounds, counts. Knows nothing of files. */
import { hash } from 'node:crypto';
import type { AlertFilter } from '../appliance/port.ts';
import type { AlertEvent } from './alert.ts';
import { matcher, type Searchable, searchable } from './filter.ts';
import { type AlertGroup, GROUPINGS, type Grouping, groupKey } from './group.ts';
import { alreadySeen, FOLD_SPAN_MS, FOLD_WINDOW_MS, identity, keyOrder } from './identity.ts';
import { foldInto, newRow, type Row, replaceBy } from './row.ts';

export interface TableLimits {
  documents: number;
  /** Bytes of all rows as JSON. */
  bytes: number;
}

/** Flows remembered so that a worse status of the same flow finds the row it replaces. */
const FLOWS_REMEMBERED = 8192;

export interface AlertTable {
  /** Takes rows read from the disk. */
  load(rows: { doc: Row; bytes: number }[]): void;
  /** Takes an event in; returns the row it made or changed, undefined when the event was a repetition already stored. */
  apply(event: AlertEvent): Row | undefined;
  get(id: string): Row | undefined;
  /** Puts a changed version of a row in its place. */
  set(row: Row): void;
  /** Swaps a row for an equal object, so that only one copy of it stays in memory. */
  share(row: Row): void;
  remove(id: string): boolean;
  /** Removes the oldest past rows, then the oldest engaged ones, until the limits hold; returns their ids. */
  evict(): string[];
  /** Newest first. */
  query(filter: AlertFilter): { total: number; items: Row[] };
  /** The rows of a filter folded into groups, the group with the newest row first. */
  groups(filter: AlertFilter, by: Grouping): { total: number; alerts: number; items: RowGroup[] };
  ids(filter: AlertFilter, most: number): string[];
  /** How many rows are in the groups of this one, itself included; zeros when there is no such row. */
  alike(id: string): Record<Grouping, number>;
  /** Calls `look` with every row, newest first. */
  each(look: (row: Row) => void): void;
  /** True when this release ends a row that is engaged. */
  ends(event: AlertEvent): boolean;
  counts(): { all: number; byKind: Record<string, number>; engaged: number };
  engaged(): Row[];
  /** Numbers the groups of up to `most` further rows, so that the first page after a start need not do it for all. */
  prepare(most: number): void;
  /** Frees what searches keep (about 200 bytes a row); the next one makes it again. */
  forgetSearch(): void;
  size(): number;
  bytes(): number;
}

/** AlertGroup with the row as the store keeps it. */
export type RowGroup = Omit<AlertGroup, 'latest'> & { latest: Row };

interface Entry extends Searchable {
  bytes: number;
  count: number;
  /** Numbers of the groups it is in, NONE until one is asked for. */
  thing: number;
  type: number;
  source: number;
  destination: number;
}

const NONE = -1;

/** Numbers for group keys, so that folding fifty thousand rows compares numbers and makes no text. */
interface Interned {
  numbers: Map<string, number>;
  next: number;
}

/** Keys kept beyond twice the rows before the numbers are given anew. */
const SPARE_KEYS = 4096;

const digest = (event: AlertEvent): string => hash('sha1', identity(event), 'base64url').slice(0, 16);

function flowKey(event: AlertEvent): string | undefined {
  const order = event.flow === undefined ? undefined : keyOrder(event.key);
  return order === undefined ? undefined : `${order.run}/${event.flow?.id}`;
}

export function createAlertTable(limits: TableLimits): AlertTable {
  const entries = new Map<string, Entry>();
  /** Newest row of each identity. */
  const byIdentity = new Map<string, string>();
  const byFlow = new Map<string, string>();
  let bytes = 0;
  /** Oldest first. */
  let sorted: Entry[] | undefined;
  let searched = false;
  const counted = { all: 0, byKind: {} as Record<string, number>, engaged: 0 };
  let lastId = 0;
  let prepared = 0;
  let interned: Interned = { numbers: new Map(), next: 0 };

  function newId(): string {
    lastId = Math.max(lastId + 1, Date.now() * 1000);
    const id = lastId.toString(36);
    return entries.has(id) ? newId() : id;
  }

  /** Takes an entry into the counts, or out of them. */
  function count(entry: Entry, by: 1 | -1): void {
    sorted = undefined;
    if (entry.engaged) counted.engaged += by;
    if (entry.acknowledged) return;
    const { kind } = entry.row;
    counted.all += by;
    counted.byKind[kind] = (counted.byKind[kind] ?? 0) + by;
    if (counted.byKind[kind] === 0) delete counted.byKind[kind];
  }

  function place(row: Row, size = Buffer.byteLength(JSON.stringify(row)) + 1): void {
    const before = entries.get(row._id);
    if (before !== undefined) {
      bytes -= before.bytes;
      count(before, -1);
      // To the end of the map: its order stays close to that of time, and sorting stays cheap.
      entries.delete(row._id);
    }
    bytes += size;
    // The groups follow from fields that a later version of a row keeps.
    const entry: Entry = {
      ...searchable(row),
      bytes: size,
      count: row.count,
      thing: before?.thing ?? NONE,
      type: before?.type ?? NONE,
      source: before?.source ?? NONE,
      destination: before?.destination ?? NONE,
    };
    entries.set(row._id, entry);
    count(entry, 1);
    byIdentity.set(digest(row), row._id);
  }

  function drop(id: string): boolean {
    const entry = entries.get(id);
    if (entry === undefined) return false;
    entries.delete(id);
    bytes -= entry.bytes;
    const key = digest(entry.row);
    if (byIdentity.get(key) === id) byIdentity.delete(key);
    count(entry, -1);
    return true;
  }

  function rememberFlow(event: AlertEvent, id: string): void {
    const key = flowKey(event);
    if (key === undefined) return;
    byFlow.delete(key);
    byFlow.set(key, id);
    if (byFlow.size > FLOWS_REMEMBERED) byFlow.delete(byFlow.keys().next().value!);
  }

  /** True when the event belongs to the row instead of a new one. */
  function folds(row: Row, event: AlertEvent): boolean {
    if (event.action !== 'store') return row.state === 'engaged';
    return Math.abs(event.atMs - row.lastMs) <= FOLD_WINDOW_MS && event.atMs - row.firstMs <= FOLD_SPAN_MS;
  }

  /** The row that a worse status of the same flow replaces; a row that speaks for several flows stays. */
  function replaced(event: AlertEvent): Row | undefined {
    if (event.replaces !== true) return undefined;
    const id = byFlow.get(flowKey(event) ?? '');
    const row = id === undefined ? undefined : entries.get(id)?.row;
    return row !== undefined && row.count === 1 && row.flow?.id === event.flow?.id ? row : undefined;
  }

  function oldestFirst(): Entry[] {
    if (sorted !== undefined) return sorted;
    sorted = Array.from(entries.values());
    let last = Number.NEGATIVE_INFINITY;
    for (const { lastMs } of sorted) {
      if (lastMs < last) {
        sorted.sort((a, b) => a.lastMs - b.lastMs);
        break;
      }
      last = lastMs;
    }
    return sorted;
  }

  /** Calls `visit` with each entry that the filter shows, newest first, until it returns false. */
  function scan(filter: AlertFilter, visit: (entry: Entry) => boolean | undefined): void {
    const matches = matcher(filter);
    searched ||= filter.search !== undefined;
    const order = oldestFirst();
    for (let i = order.length - 1; i >= 0; i--) {
      const entry = order[i]!;
      if ((matches === undefined || matches(entry)) && visit(entry) === false) return;
    }
  }

  /** The number of the group that an entry is in. */
  function groupOf(entry: Entry, by: Grouping): number {
    if (entry[by] !== NONE) return entry[by];
    if (interned.numbers.size > (entries.size * 2 + SPARE_KEYS) * GROUPINGS.length) {
      // Most keys belong to rows that are gone.
      interned = { numbers: new Map(), next: 0 };
      for (const other of entries.values()) for (const one of GROUPINGS) other[one] = NONE;
    }
    const key = `${by}\u0000${groupKey(entry.row, by)}`;
    let number = interned.numbers.get(key);
    if (number === undefined) {
      number = interned.next++;
      interned.numbers.set(key, number);
    }
    entry[by] = number;
    return number;
  }

  return {
    load(rows) {
      for (const { doc, bytes: size } of rows.sort((a, b) => a.doc.lastMs - b.doc.lastMs)) {
        place(doc, size);
        rememberFlow(doc, doc._id);
      }
    },
    apply(event) {
      const known = byIdentity.get(digest(event));
      const row = known === undefined ? undefined : entries.get(known)?.row;
      if (row !== undefined && alreadySeen(event.key, row.lastKey)) return undefined;
      let next: Row;
      const older = replaced(event);
      if (row !== undefined && folds(row, event)) next = foldInto(row, event);
      else if (older !== undefined) {
        drop(older._id);
        next = replaceBy(older, event);
      } else next = newRow(newId(), event);
      place(next);
      rememberFlow(event, next._id);
      return next;
    },
    get: (id) => entries.get(id)?.row,
    set: (row) => place(row),
    share(row) {
      const entry = entries.get(row._id);
      if (entry !== undefined) entry.row = row;
    },
    remove: drop,
    evict() {
      if (entries.size <= limits.documents && bytes <= limits.bytes) return [];
      const gone: string[] = [];
      const order = oldestFirst();
      for (const state of ['past', 'engaged']) {
        for (const { row } of order) {
          if (entries.size <= limits.documents && bytes <= limits.bytes) return gone;
          if (row.state !== state) continue;
          drop(row._id);
          gone.push(row._id);
        }
      }
      return gone;
    },
    query(filter) {
      const { offset, limit } = filter;
      const items: Row[] = [];
      if (matcher(filter) === undefined) {
        const order = oldestFirst();
        for (let i = order.length - 1 - offset; i >= 0 && items.length < limit; i--) items.push(order[i]!.row);
        return { total: order.length, items };
      }
      let total = 0;
      scan(filter, ({ row }) => {
        if (total >= offset && items.length < limit) items.push(row);
        total += 1;
      });
      return { total, items };
    },
    groups(filter, by) {
      const byNumber: (RowGroup | undefined)[] = [];
      const groups: RowGroup[] = [];
      let alerts = 0;
      scan(filter, (entry) => {
        alerts += 1;
        const number = groupOf(entry, by);
        const group = byNumber[number];
        if (group === undefined) {
          const { row, count, severity, score, firstMs, lastMs } = entry;
          const made: RowGroup = {
            latest: row,
            alerts: 1,
            times: count,
            open: entry.acknowledged ? 0 : 1,
            engaged: entry.engaged ? 1 : 0,
            severity,
            score,
            firstMs,
            lastMs,
          };
          byNumber[number] = made;
          groups.push(made);
          return;
        }
        group.alerts += 1;
        group.times += entry.count;
        if (!entry.acknowledged) group.open += 1;
        if (entry.engaged) group.engaged += 1;
        if (entry.severity > group.severity) group.severity = entry.severity;
        if (entry.score > group.score) group.score = entry.score;
        if (entry.firstMs < group.firstMs) group.firstMs = entry.firstMs;
      });
      const items = groups.slice(filter.offset, filter.offset + filter.limit);
      return { total: groups.length, alerts, items };
    },
    alike(id) {
      const counts = { thing: 0, type: 0, source: 0, destination: 0 };
      const entry = entries.get(id);
      if (entry === undefined) return counts;
      const all = oldestFirst();
      for (const by of GROUPINGS) {
        // Numbers may be given anew while they are made: all first, then the comparison.
        for (let i = 0; i < all.length; i++) if (all[i]![by] === NONE) groupOf(all[i]!, by);
        const own = groupOf(entry, by);
        let n = 0;
        for (let i = 0; i < all.length; i++) if (all[i]![by] === own) n += 1;
        counts[by] = n;
      }
      return counts;
    },
    ids(filter, most) {
      const ids: string[] = [];
      scan(filter, ({ row }) => {
        ids.push(row._id);
        return ids.length < most;
      });
      return ids;
    },
    each(look) {
      const order = oldestFirst();
      for (let i = order.length - 1; i >= 0; i--) look(order[i]!.row);
    },
    ends(event) {
      const id = byIdentity.get(digest(event));
      return event.action === 'release' && id !== undefined && entries.get(id)?.row.state === 'engaged';
    },
    counts: () => ({ ...counted, byKind: { ...counted.byKind } }),
    engaged() {
      const rows: Row[] = [];
      for (const entry of entries.values()) if (entry.engaged) rows.push(entry.row);
      return rows;
    },
    prepare(most) {
      const order = oldestFirst();
      for (let i = 0; i < most && prepared < order.length; i++) groupOf(order[prepared++]!, 'thing');
    },
    forgetSearch() {
      if (!searched) return;
      searched = false;
      for (const entry of entries.values()) entry.searchText = undefined;
    },
    size: () => entries.size,
    bytes: () => bytes,
  };
}
