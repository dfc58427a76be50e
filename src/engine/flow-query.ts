/** Answers what the pages ask about flows: the live table and the flows that ended of late. */
import { ipText, parseIp } from '../flows/address.ts';
import { ID, ID_STRIDE, KEY, KEY_STRIDE, NUM, NUM_STRIDE } from '../flows/layout.ts';
import type { FlowRecord } from '../flows/record.ts';
import type { FlowQuery, FlowRow } from '../messages.ts';
import { l7Name } from '../protocols/catalogue.ts';
import { Best } from './best.ts';
import type { Marks } from './marks.ts';
import type { Pipeline } from './pipeline.ts';

/** Ended flows kept for the pages. */
const RECENT = 2000;
/** Flows looked at before the event loop has its turn: packets must not wait for a page. */
const SLICE = 2000;
const MOST_ROWS = 1000;

export class FlowQueries {
  readonly #pipeline: Pipeline;
  readonly #marks: Marks;
  readonly #recent: FlowRecord[] = [];
  #next = 0;

  constructor(pipeline: Pipeline, marks: Marks) {
    this.#pipeline = pipeline;
    this.#marks = marks;
  }

  /** Keeps the record of a flow that ended. */
  remember(record: FlowRecord): void {
    this.#recent[this.#next] = record;
    this.#next = (this.#next + 1) % RECENT;
  }

  row(record: FlowRecord): FlowRow {
    const mark = this.#marks.get(record.id);
    return { ...record, score: mark?.score ?? 0, statuses: mark?.statuses ?? [] };
  }

  /** The flow with this id, live or recent. */
  byId(id: number): FlowRow | undefined {
    const { table } = this.#pipeline.flows;
    for (let f = 0; f < table.high; f++) {
      if (table.used(f) && table.nums[f * NUM_STRIDE + NUM.ID] === id) return this.row(this.#pipeline.record(f));
    }
    const record = this.#recent.find((r) => r?.id === id);
    return record && this.row(record);
  }

  /** Flows that match, the best `limit` by the sort, and how many match in all. */
  query(query: FlowQuery): Promise<{ total: number; items: FlowRow[] }> {
    const limit = Math.max(0, Math.min(MOST_ROWS, query.limit));
    const wanted = query.search.trim().toLowerCase();
    if (query.which === 'recent') return Promise.resolve(this.#ended(wanted, limit, query.sort));
    return this.#live(wanted, limit, query.sort);
  }

  async #live(wanted: string, limit: number, sort: FlowQuery['sort']): Promise<{ total: number; items: FlowRow[] }> {
    const { table } = this.#pipeline.flows;
    const best = new Best<number>(limit);
    const ids = new Map<number, number>();
    const matches = wanted === '' ? undefined : this.#matcher(wanted);
    let total = 0;
    // From the end, where the newest mostly are: what comes after them is then refused with one comparison.
    for (let f = table.high - 1; f >= 0; f--) {
      if (f % SLICE === SLICE - 1) await new Promise<void>((resolve) => setImmediate(resolve));
      if (!table.used(f) || (matches !== undefined && !matches(f))) continue;
      total += 1;
      if (best.add(this.#rank(f, sort), f)) ids.set(f, table.nums[f * NUM_STRIDE + NUM.ID]!);
    }
    const items: FlowRow[] = [];
    for (const f of best.sorted()) {
      // The table went on while we looked: the number may belong to another flow by now.
      if (table.used(f) && table.nums[f * NUM_STRIDE + NUM.ID] === ids.get(f))
        items.push(this.row(this.#pipeline.record(f)));
    }
    return { total, items };
  }

  #ended(wanted: string, limit: number, sort: FlowQuery['sort']): { total: number; items: FlowRow[] } {
    const best = new Best<FlowRow>(limit);
    let total = 0;
    for (const record of this.#recent) {
      if (record === undefined || (wanted !== '' && !recordText(record).includes(wanted))) continue;
      total += 1;
      const row = this.row(record);
      const rank = sort === 'bytes' ? row.c2s.bytes + row.s2c.bytes : sort === 'score' ? row.score : row.lastMs;
      best.add(rank, row);
    }
    return { total, items: best.sorted() };
  }

  #rank(f: number, sort: FlowQuery['sort']): number {
    const { nums } = this.#pipeline.flows.table;
    const n = f * NUM_STRIDE;
    if (sort === 'bytes') return nums[n + NUM.BYTES]! + nums[n + NUM.BYTES + 1]!;
    if (sort === 'score') return this.#marks.get(nums[n + NUM.ID]!)?.score ?? 0;
    return nums[n + NUM.LAST]!;
  }

  /** A test of flows for a text in lower case: an address by its words, a word by names alone, else by all that is shown. */
  #matcher(wanted: string): (f: number) => boolean {
    const { keys, ids } = this.#pipeline.flows.table;
    const { infos } = this.#pipeline.inspector;
    const ip = parseIp(wanted);
    if (ip !== undefined) {
      const [w0, w1, w2, w3] = ip.words;
      return (f) => {
        const k = f * KEY_STRIDE;
        if (((keys[k + KEY.META]! >> 8) & 15) !== ip.version) return false;
        return (
          (keys[k + 3] === w3 && keys[k + 2] === w2 && keys[k + 1] === w1 && keys[k] === w0) ||
          (keys[k + 7] === w3 && keys[k + 6] === w2 && keys[k + 5] === w1 && keys[k + 4] === w0)
        );
      };
    }
    const named = new Map<number, boolean>();
    const byName = (f: number): boolean => {
      const i = f * ID_STRIDE;
      const both = ids[i + ID.MASTER]! * 65_536 + ids[i + ID.APP]!;
      let held = named.get(both);
      if (held === undefined) {
        held = l7Name(ids[i + ID.MASTER]!, ids[i + ID.APP]!)
          .toLowerCase()
          .includes(wanted);
        named.set(both, held);
      }
      return held || (infos[f]?.hostname?.toLowerCase().includes(wanted) ?? false);
    };
    // Addresses are made of these alone; a text with anything else is in a name or nowhere.
    if (!/^[\da-f.: [\]]+$/.test(wanted)) return byName;
    return (f) => {
      if (byName(f)) return true;
      const k = f * KEY_STRIDE;
      const version = (keys[k + KEY.META]! >> 8) & 15;
      const ports = keys[k + KEY.PORTS]!;
      const a = ipText(version, keys[k]!, keys[k + 1]!, keys[k + 2]!, keys[k + 3]!);
      const b = ipText(version, keys[k + 4]!, keys[k + 5]!, keys[k + 6]!, keys[k + 7]!);
      return `${a}:${ports >>> 16} ${b}:${ports & 0xffff}`.includes(wanted);
    };
  }
}

function recordText(record: FlowRecord): string {
  const { client, server, info, master, app } = record;
  return `${client.ip}:${client.port} ${server.ip}:${server.port} ${l7Name(master, app)} ${info.hostname ?? ''}`.toLowerCase();
}
