/** All rows in memory: folding, order, bounds, counts. Knows nothing of files. */
import { hash } from 'node:crypto';
import type { AlertFilter } from '../appliance/port.ts';
import type { AlertEvent } from './alert.ts';
import { Columns, FLAG } from './columns.ts';
import { matcher } from './filter.ts';
import { type AlertGroup, GROUPINGS, type Grouping } from './group.ts';
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

/** In `met`: a group that is not on the page. */
const ELSEWHERE = -1;

const digest = (event: AlertEvent): string => hash('sha1', identity(event), 'base64url').slice(0, 16);

function flowKey(event: AlertEvent): string | undefined {
  const order = event.flow === undefined ? undefined : keyOrder(event.key);
  return order === undefined ? undefined : `${order.run}/${event.flow?.id}`;
}

export function createAlertTable(limits: TableLimits): AlertTable {
  const columns = new Columns();
  /** Slots of rows by id. */
  const slots = new Map<string, number>();
  /** Newest row of each identity. */
  const byIdentity = new Map<string, string>();
  const byFlow = new Map<string, string>();
  let bytes = 0;
  let searched = false;
  const counted = { all: 0, byKind: {} as Record<string, number>, engaged: 0 };
  let lastId = 0;
  let prepared = 0;
  /** Of each group number of a query: 0 not met, its place on the page plus 1, or ELSEWHERE. Kept to be used again. */
  let met = new Int32Array(0);

  function newId(): string {
    lastId = Math.max(lastId + 1, Date.now() * 1000);
    const id = lastId.toString(36);
    return slots.has(id) ? newId() : id;
  }

  function rowOf(id: string | undefined): Row | undefined {
    const slot = id === undefined ? undefined : slots.get(id);
    return slot === undefined ? undefined : columns.rows[slot];
  }

  /** Takes a row into the counts, or out of them. */
  function count(row: Row, by: 1 | -1): void {
    if (row.state === 'engaged') counted.engaged += by;
    if (row.acknowledged) return;
    const { kind } = row;
    counted.all += by;
    counted.byKind[kind] = (counted.byKind[kind] ?? 0) + by;
    if (counted.byKind[kind] === 0) delete counted.byKind[kind];
  }

  function place(row: Row, size = Buffer.byteLength(JSON.stringify(row)) + 1): void {
    const slot = slots.get(row._id);
    if (slot === undefined) slots.set(row._id, columns.add(row, size));
    else {
      bytes -= columns.bytes[slot]!;
      count(columns.rows[slot]!, -1);
      // Client, server and type of a row are part of its identity: later versions keep them.
      columns.replace(slot, row, size);
    }
    bytes += size;
    count(row, 1);
    byIdentity.set(digest(row), row._id);
  }

  function drop(id: string): boolean {
    const slot = slots.get(id);
    if (slot === undefined) return false;
    const row = columns.rows[slot]!;
    slots.delete(id);
    bytes -= columns.bytes[slot]!;
    const key = digest(row);
    if (byIdentity.get(key) === id) byIdentity.delete(key);
    count(row, -1);
    columns.remove(slot);
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
    const row = rowOf(id);
    return row !== undefined && row.count === 1 && row.flow?.id === event.flow?.id ? row : undefined;
  }

  /** Calls `visit` with each slot that the filter shows, newest first, until it returns false. */
  function scan(filter: AlertFilter, visit: (slot: number) => boolean | undefined): void {
    const matches = matcher(filter, columns);
    searched ||= filter.search !== undefined;
    const order = columns.oldestFirst();
    for (let i = order.length - 1; i >= 0; i--) {
      const slot = order[i]!;
      if ((matches === undefined || matches(slot)) && visit(slot) === false) return;
    }
  }

  function newGroup(slot: number): RowGroup {
    return {
      latest: columns.rows[slot]!,
      alerts: 0,
      times: 0,
      open: 0,
      engaged: 0,
      severity: columns.severity[slot]!,
      score: columns.score[slot]!,
      firstMs: columns.firstMs[slot]!,
      lastMs: columns.lastMs[slot]!,
    };
  }

  function addTo(group: RowGroup, slot: number): void {
    const flags = columns.flags[slot]!;
    group.alerts += 1;
    group.times += columns.count[slot]!;
    if ((flags & FLAG.acknowledged) === 0) group.open += 1;
    if ((flags & FLAG.engaged) !== 0) group.engaged += 1;
    group.severity = Math.max(group.severity, columns.severity[slot]!);
    group.score = Math.max(group.score, columns.score[slot]!);
    group.firstMs = Math.min(group.firstMs, columns.firstMs[slot]!);
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
      const row = rowOf(known);
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
    get: rowOf,
    set: (row) => place(row),
    share(row) {
      const slot = slots.get(row._id);
      if (slot !== undefined) columns.rows[slot] = row;
    },
    remove: drop,
    evict() {
      const fits = (): boolean => slots.size <= limits.documents && bytes <= limits.bytes;
      if (fits()) return [];
      const gone: string[] = [];
      // The order is of this moment and dropping makes holes in it.
      const order = columns.oldestFirst().slice();
      for (const engaged of [0, FLAG.engaged]) {
        for (const slot of order) {
          if (fits()) return gone;
          const row = columns.rows[slot];
          if (row === undefined || (columns.flags[slot]! & FLAG.engaged) !== engaged) continue;
          drop(row._id);
          gone.push(row._id);
        }
      }
      return gone;
    },
    query(filter) {
      const { offset, limit } = filter;
      const items: Row[] = [];
      if (matcher(filter, columns) === undefined) {
        const order = columns.oldestFirst();
        for (let i = order.length - 1 - offset; i >= 0 && items.length < limit; i--)
          items.push(columns.rows[order[i]!]!);
        return { total: order.length, items };
      }
      let total = 0;
      scan(filter, (slot) => {
        if (total >= offset && items.length < limit) items.push(columns.rows[slot]!);
        total += 1;
      });
      return { total, items };
    },
    groups(filter, by) {
      const { offset, limit } = filter;
      const numbers = columns.numbers(by);
      const most = columns.most(by);
      if (met.length < most) met = new Int32Array(most * 2);
      else met.fill(0, 0, most);
      const items: RowGroup[] = [];
      let total = 0;
      let alerts = 0;
      scan(filter, (slot) => {
        alerts += 1;
        let number = numbers[slot]!;
        if (number < 0) number = columns.number(slot, by);
        let at = met[number]!;
        if (at === 0) {
          if (total >= offset && items.length < limit) at = items.push(newGroup(slot));
          else at = ELSEWHERE;
          met[number] = at;
          total += 1;
        }
        if (at !== ELSEWHERE) addTo(items[at - 1]!, slot);
      });
      return { total, alerts, items };
    },
    alike(id) {
      const counts = { thing: 0, type: 0, source: 0, destination: 0 };
      const wanted = slots.get(id);
      if (wanted === undefined) return counts;
      const order = columns.oldestFirst();
      for (const by of GROUPINGS) {
        const numbers = columns.numbers(by);
        const own = columns.number(wanted, by);
        for (let i = 0; i < order.length; i++) {
          let number = numbers[order[i]!]!;
          if (number < 0) number = columns.number(order[i]!, by);
          if (number === own) counts[by] += 1;
        }
      }
      return counts;
    },
    ids(filter, most) {
      const ids: string[] = [];
      scan(filter, (slot) => {
        ids.push(columns.rows[slot]!._id);
        return ids.length < most;
      });
      return ids;
    },
    each(look) {
      const order = columns.oldestFirst();
      for (let i = order.length - 1; i >= 0; i--) look(columns.rows[order[i]!]!);
    },
    ends(event) {
      const row = rowOf(byIdentity.get(digest(event)));
      return event.action === 'release' && row?.state === 'engaged';
    },
    counts: () => ({ ...counted, byKind: { ...counted.byKind } }),
    engaged() {
      const rows: Row[] = [];
      for (const row of columns.rows) if (row?.state === 'engaged') rows.push(row);
      return rows;
    },
    prepare(most) {
      for (let i = 0; i < most && prepared < columns.slots; i++) columns.prepare(prepared++);
    },
    forgetSearch() {
      if (!searched) return;
      searched = false;
      columns.searchTexts.fill(undefined);
    },
    size: () => slots.size,
    bytes: () => bytes,
  };
}
