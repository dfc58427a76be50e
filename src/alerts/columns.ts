/**
 * What filters and groups look at, one array per field, beside the rows: fifty thousand objects lie all over memory, and
 * fetching a line of each costs more than every comparison. A row has a slot; the arrays hold its fields there. Texts
 * that many rows share (addresses, protocols, groups) are numbers, so that a filter tests each text once.
 */
import { KINDS } from './alert.ts';
import { GROUPINGS, type Grouping, groupKey } from './group.ts';
import { hostOf } from './match.ts';
import type { Row } from './row.ts';

export const FLAG = { acknowledged: 1, engaged: 2, noted: 4 } as const;

/** The number of a text that was not asked for yet, and of none at all. */
export const UNKNOWN = -1;
export const NO_TEXT = -2;

/** Texts kept beyond twice the rows before the numbers are given anew. */
const SPARE_TEXTS = 4096;
const FIRST_SLOTS = 1024;
/** Places that a late row is moved back at once; beyond, the whole order is sorted when it is next read. */
const STEPS_BACK = 512;

/** Fields of a row that are texts with numbers. */
const NUMBERED = [...GROUPINGS, 'client', 'server', 'protocol'] as const;
export type Numbered = (typeof NUMBERED)[number];

/** Texts and their numbers, 0 and up. */
interface Numbers {
  of: Map<string, number>;
  texts: string[];
}

const isGrouping = (name: Numbered): name is Grouping => (GROUPINGS as readonly string[]).includes(name);

/** Layer 4 and 7 in one text; compileMatch() looks at nothing else of a flow for a protocol. */
function textOf(row: Row, name: Numbered): string | undefined {
  if (isGrouping(name)) return groupKey(row, name);
  const { flow } = row;
  if (name === 'protocol') return flow === undefined ? undefined : `${flow.l4}\n${flow.l7}`;
  if (name === 'server') return flow?.server;
  return flow?.client ?? (row.kind === 'host' ? hostOf(row.entityValue) : undefined);
}

export class Columns {
  rows: (Row | undefined)[] = [];
  searchTexts: (string | undefined)[] = [];
  lastMs = new Float64Array(FIRST_SLOTS);
  firstMs = new Float64Array(FIRST_SLOTS);
  score = new Float64Array(FIRST_SLOTS);
  count = new Float64Array(FIRST_SLOTS);
  bytes = new Uint32Array(FIRST_SLOTS);
  severity = new Uint8Array(FIRST_SLOTS);
  flags = new Uint8Array(FIRST_SLOTS);
  /** Index in KINDS. */
  kind = new Uint8Array(FIRST_SLOTS);
  /** Slots in use, oldest first; holes are negative. Read it through oldestFirst(). */
  #order = new Int32Array(FIRST_SLOTS);
  /** Where a slot stands in #order. */
  #place = new Int32Array(FIRST_SLOTS);
  #end = 0;
  #used = 0;
  /** A row came so late that it was put at the end for now. */
  #unsorted = false;
  #free: number[] = [];
  #numbers: Record<Numbered, Numbers>;
  #numberOf: Record<Numbered, Int32Array<ArrayBuffer>>;

  constructor() {
    const each = <T>(make: () => T): Record<Numbered, T> =>
      Object.fromEntries(NUMBERED.map((name) => [name, make()])) as Record<Numbered, T>;
    this.#numbers = each(() => ({ of: new Map(), texts: [] }));
    this.#numberOf = each(() => new Int32Array(FIRST_SLOTS).fill(UNKNOWN));
  }

  /** Slots that are or were in use: every slot is below. */
  get slots(): number {
    return this.rows.length;
  }

  /** A slot for a row of `bytes` bytes. */
  add(row: Row, bytes: number): number {
    const slot = this.#free.pop() ?? this.rows.length;
    if (slot >= this.lastMs.length) this.#grow();
    for (const name of NUMBERED) this.#numberOf[name][slot] = UNKNOWN;
    this.#fill(slot, row, bytes);
    this.#enter(slot);
    return slot;
  }

  /** A later version of the row in a slot, with the same client, server and type. */
  replace(slot: number, row: Row, bytes: number): void {
    const stays = this.lastMs[slot] === row.lastMs;
    if (!stays) this.#leave(slot);
    // A flow whose application was found out later is another protocol; the ends and the type stay.
    this.#numberOf.protocol[slot] = UNKNOWN;
    this.#fill(slot, row, bytes);
    if (!stays) this.#enter(slot);
  }

  remove(slot: number): void {
    this.#leave(slot);
    this.rows[slot] = undefined;
    this.searchTexts[slot] = undefined;
    this.#free.push(slot);
  }

  /** Slots in use, by time of the last event; valid until the next change. */
  oldestFirst(): Int32Array {
    if (this.#used < this.#end) {
      let to = 0;
      for (let i = 0; i < this.#end; i++) {
        const slot = this.#order[i]!;
        if (slot < 0) continue;
        this.#place[slot] = to;
        this.#order[to++] = slot;
      }
      this.#end = to;
    }
    const order = this.#order.subarray(0, this.#end);
    if (this.#unsorted) {
      const { lastMs } = this;
      order.sort((a, b) => lastMs[a]! - lastMs[b]!);
      for (let i = 0; i < order.length; i++) this.#place[order[i]!] = i;
      this.#unsorted = false;
    }
    return order;
  }

  /** Numbers of a field by slot, UNKNOWN where number() was not asked; valid until the next change. */
  numbers(name: Numbered): Int32Array {
    const known = this.#numbers[name];
    if (known.texts.length > this.rows.length * 2 + SPARE_TEXTS) {
      // Most texts belong to rows that are gone.
      this.#numbers[name] = { of: new Map(), texts: [] };
      this.#numberOf[name].fill(UNKNOWN);
    }
    return this.#numberOf[name];
  }

  /** The number of a slot's text, made when it is first asked for; NO_TEXT when it has none. */
  number(slot: number, name: Numbered): number {
    const column = this.#numberOf[name];
    const before = column[slot]!;
    if (before !== UNKNOWN) return before;
    const text = textOf(this.rows[slot]!, name);
    if (text === undefined) {
      column[slot] = NO_TEXT;
      return NO_TEXT;
    }
    const { of, texts } = this.#numbers[name];
    let number = of.get(text);
    if (number === undefined) {
      number = texts.length;
      texts.push(text);
      of.set(text, number);
    }
    column[slot] = number;
    return number;
  }

  /** The text of a number. */
  text(name: Numbered, number: number): string {
    return this.#numbers[name].texts[number]!;
  }

  /** Numbers above every number of a field that a scan of all rows can meet. */
  most(name: Numbered): number {
    return this.#numbers[name].texts.length + this.rows.length;
  }

  /** Makes the numbers of one slot, which the next filter then finds. */
  prepare(slot: number): void {
    if (this.rows[slot] === undefined) return;
    for (const name of NUMBERED) this.number(slot, name);
  }

  #fill(slot: number, row: Row, bytes: number): void {
    this.rows[slot] = row;
    this.searchTexts[slot] = undefined;
    this.lastMs[slot] = row.lastMs;
    this.firstMs[slot] = row.firstMs;
    this.score[slot] = row.score;
    this.count[slot] = row.count;
    this.bytes[slot] = bytes;
    this.severity[slot] = row.severity;
    this.kind[slot] = KINDS.indexOf(row.kind);
    this.flags[slot] =
      (row.acknowledged ? FLAG.acknowledged : 0) |
      (row.state === 'engaged' ? FLAG.engaged : 0) |
      (row.note === '' ? 0 : FLAG.noted);
  }

  #leave(slot: number): void {
    this.#order[this.#place[slot]!] = UNKNOWN;
    this.#used -= 1;
    if (this.#place[slot] === this.#end - 1) this.#end -= 1;
  }

  /** Takes a slot into the order; rows come nearly sorted by time, so few have to make way. */
  #enter(slot: number): void {
    if (this.#end === this.#order.length) this.oldestFirst();
    const at = this.lastMs[slot]!;
    let i = this.#end;
    const least = Math.max(0, i - STEPS_BACK);
    if (!this.#unsorted) {
      while (i > least && !this.#comesBefore(this.#order[i - 1]!, at)) i -= 1;
      if (i > 0 && i === least && !this.#comesBefore(this.#order[i - 1]!, at)) {
        this.#unsorted = true;
        i = this.#end;
      }
    }
    this.#order.copyWithin(i + 1, i, this.#end);
    for (let j = i + 1; j <= this.#end; j++) if (this.#order[j]! >= 0) this.#place[this.#order[j]!] = j;
    this.#order[i] = slot;
    this.#place[slot] = i;
    this.#end += 1;
    this.#used += 1;
  }

  #comesBefore(slot: number, at: number): boolean {
    return slot >= 0 && this.lastMs[slot]! <= at;
  }

  #grow(): void {
    const size = this.lastMs.length * 2;
    const float = (old: Float64Array<ArrayBuffer>) => {
      const made = new Float64Array(size);
      made.set(old);
      return made;
    };
    const byte = (old: Uint8Array<ArrayBuffer>) => {
      const made = new Uint8Array(size);
      made.set(old);
      return made;
    };
    const int = (old: Int32Array<ArrayBuffer>) => {
      const made = new Int32Array(size).fill(UNKNOWN);
      made.set(old);
      return made;
    };
    this.lastMs = float(this.lastMs);
    this.firstMs = float(this.firstMs);
    this.score = float(this.score);
    this.count = float(this.count);
    const bytes = new Uint32Array(size);
    bytes.set(this.bytes);
    this.bytes = bytes;
    this.severity = byte(this.severity);
    this.flags = byte(this.flags);
    this.kind = byte(this.kind);
    this.#order = int(this.#order);
    this.#place = int(this.#place);
    for (const name of NUMBERED) this.#numberOf[name] = int(this.#numberOf[name]);
  }
}
