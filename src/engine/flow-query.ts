/** Answers what the pages ask about flows: the live table and the flows that ended of late. */
import { ipText } from '../flows/address.ts';
import { ID, ID_STRIDE, KEY, KEY_STRIDE, NUM, NUM_STRIDE } from '../flows/layout.ts';
import type { FlowRecord } from '../flows/record.ts';
import type { FlowQuery, FlowRow } from '../messages.ts';
import { l7Name } from '../protocols/catalogue.ts';
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

  /** Live flows that match, the best `limit` by the sort, and how many match in all. */
  async query(query: FlowQuery): Promise<{ total: number; items: FlowRow[] }> {
    const { table } = this.#pipeline.flows;
    const limit = Math.max(0, Math.min(MOST_ROWS, query.limit));
    const wanted = query.search.trim().toLowerCase();
    const found: { f: number; id: number; rank: number }[] = [];
    for (let f = 0; f < table.high; f++) {
      if (f % SLICE === SLICE - 1) await new Promise<void>((resolve) => setImmediate(resolve));
      if (!table.used(f) || (wanted && !this.#matches(f, wanted))) continue;
      found.push({ f, id: table.nums[f * NUM_STRIDE + NUM.ID]!, rank: this.#rank(f, query.sort) });
    }
    found.sort((a, b) => b.rank - a.rank);
    const items: FlowRow[] = [];
    for (const { f, id } of found) {
      if (items.length === limit) break;
      // The table went on while we looked: the number may belong to another flow by now.
      if (table.used(f) && table.nums[f * NUM_STRIDE + NUM.ID] === id) items.push(this.row(this.#pipeline.record(f)));
    }
    return { total: found.length, items };
  }

  #rank(f: number, sort: FlowQuery['sort']): number {
    const { nums } = this.#pipeline.flows.table;
    const n = f * NUM_STRIDE;
    if (sort === 'bytes') return nums[n + NUM.BYTES]! + nums[n + NUM.BYTES + 1]!;
    if (sort === 'score') return this.#marks.get(nums[n + NUM.ID]!)?.score ?? 0;
    return nums[n + NUM.LAST]!;
  }

  #matches(f: number, wanted: string): boolean {
    const { keys, ids } = this.#pipeline.flows.table;
    const k = f * KEY_STRIDE;
    const version = (keys[k + KEY.META]! >> 8) & 15;
    const ports = keys[k + KEY.PORTS]!;
    const a = ipText(version, keys[k]!, keys[k + 1]!, keys[k + 2]!, keys[k + 3]!);
    const b = ipText(version, keys[k + 4]!, keys[k + 5]!, keys[k + 6]!, keys[k + 7]!);
    const name = l7Name(ids[f * ID_STRIDE + ID.MASTER]!, ids[f * ID_STRIDE + ID.APP]!);
    const host = this.#pipeline.inspector.infos[f]?.hostname ?? '';
    return `${a}:${ports >>> 16} ${b}:${ports & 0xffff} ${name} ${host}`.toLowerCase().includes(wanted);
  }
}
