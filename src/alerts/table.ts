/** All rows in memory: folding, order, bounds, counts. Knows nothing of files. */
import { hash } from 'node:crypto';
import type { AlertFilter } from '../appliance/port.ts';
import type { AlertEvent } from './alert.ts';
import { matcher, type Searchable } from './filter.ts';
import { type AlertGroup, type Grouping, groupKey } from './group.ts';
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
  /** Calls `look` with every row, newest first. */
  each(look: (row: Row) => void): void;
  /** True when this release ends a row that is engaged. */
  ends(event: AlertEvent): boolean;
  counts(): { all: number; byKind: Record<string, number>; engaged: number };
  engaged(): Row[];
  /** Frees what searches keep (about 200 bytes a row); the next one makes it again. */
  forgetSearch(): void;
  size(): number;
  bytes(): number;
}

/** AlertGroup with the row as the store keeps it. */
export type RowGroup = Omit<AlertGroup, 'latest'> & { latest: Row };

interface Entry extends Searchable {
  bytes: number;
}

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
  let counted: ReturnType<AlertTable['counts']> | undefined;
  let lastId = 0;

  function newId(): string {
    lastId = Math.max(lastId + 1, Date.now() * 1000);
    const id = lastId.toString(36);
    return entries.has(id) ? newId() : id;
  }

  function changed(): void {
    sorted = undefined;
    counted = undefined;
  }

  function place(row: Row, size = Buffer.byteLength(JSON.stringify(row)) + 1): void {
    const before = entries.get(row._id);
    if (before !== undefined) {
      bytes -= before.bytes;
      // To the end of the map: its order stays close to that of time, and sorting stays cheap.
      entries.delete(row._id);
    }
    bytes += size;
    entries.set(row._id, { row, bytes: size, searchText: undefined });
    byIdentity.set(digest(row), row._id);
    changed();
  }

  function drop(id: string): boolean {
    const entry = entries.get(id);
    if (entry === undefined) return false;
    entries.delete(id);
    bytes -= entry.bytes;
    const key = digest(entry.row);
    if (byIdentity.get(key) === id) byIdentity.delete(key);
    changed();
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
    for (const { row } of sorted) {
      if (row.lastMs < last) {
        sorted.sort((a, b) => a.row.lastMs - b.row.lastMs);
        break;
      }
      last = row.lastMs;
    }
    return sorted;
  }

  /** Newest first. */
  function* matching(filter: AlertFilter): Generator<Row> {
    const matches = matcher(filter);
    searched ||= filter.search !== undefined;
    const order = oldestFirst();
    for (let i = order.length - 1; i >= 0; i--) {
      const entry = order[i]!;
      if (matches(entry)) yield entry.row;
    }
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
      const items: Row[] = [];
      let total = 0;
      for (const row of matching(filter)) {
        if (total >= filter.offset && items.length < filter.limit) items.push(row);
        total += 1;
      }
      return { total, items };
    },
    groups(filter, by) {
      const groups = new Map<string, RowGroup>();
      let alerts = 0;
      for (const row of matching(filter)) {
        alerts += 1;
        const key = groupKey(row, by);
        const group = groups.get(key);
        if (group === undefined) {
          groups.set(key, {
            latest: row,
            alerts: 1,
            times: row.count,
            open: row.acknowledged ? 0 : 1,
            engaged: row.state === 'engaged' ? 1 : 0,
            severity: row.severity,
            score: row.score,
            firstMs: row.firstMs,
            lastMs: row.lastMs,
          });
          continue;
        }
        group.alerts += 1;
        group.times += row.count;
        if (!row.acknowledged) group.open += 1;
        if (row.state === 'engaged') group.engaged += 1;
        if (row.severity > group.severity) group.severity = row.severity;
        if (row.score > group.score) group.score = row.score;
        if (row.firstMs < group.firstMs) group.firstMs = row.firstMs;
      }
      const items = [...groups.values()].slice(filter.offset, filter.offset + filter.limit);
      return { total: groups.size, alerts, items };
    },
    ids(filter, most) {
      const ids: string[] = [];
      for (const row of matching(filter)) {
        if (ids.length === most) break;
        ids.push(row._id);
      }
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
    counts() {
      if (counted !== undefined) return counted;
      const byKind: Record<string, number> = {};
      let all = 0;
      let engaged = 0;
      for (const { row } of entries.values()) {
        if (row.state === 'engaged') engaged += 1;
        if (row.acknowledged) continue;
        all += 1;
        byKind[row.kind] = (byKind[row.kind] ?? 0) + 1;
      }
      counted = { all, byKind, engaged };
      return counted;
    },
    engaged: () => Array.from(entries.values(), (entry) => entry.row).filter((row) => row.state === 'engaged'),
    forgetSearch() {
      if (!searched) return;
      searched = false;
      for (const entry of entries.values()) entry.searchText = undefined;
    },
    size: () => entries.size,
    bytes: () => bytes,
  };
}
