/**
 * The timer wheel: each flow stands in the slot of the second in which it must be looked at again. Packets never move
 * a flow; when its second comes, the owner decides from its last packet whether it ends or is put further on.
 */
import { KEY, KEY_STRIDE } from './layout.ts';
import type { FlowTable } from './table.ts';

const SLOTS = 512;

export class Wheel {
  readonly #table: FlowTable;
  readonly #heads = new Int32Array(SLOTS).fill(-1);
  /** Second the wheel stands at; -1 before the first packet. */
  second = -1;

  constructor(table: FlowTable) {
    this.#table = table;
  }

  /** Puts a flow into the slot of `dueSecond`, at most a turn ahead and never behind. Takes it out of its old slot. */
  put(f: number, dueSecond: number): void {
    this.take(f);
    const due = Math.min(Math.max(Math.ceil(dueSecond), this.second + 1), this.second + SLOTS - 1);
    const slot = due % SLOTS;
    const k = this.#table.keys;
    const at = f * KEY_STRIDE;
    const head = this.#heads[slot]!;
    k[at + KEY.WHEEL_NEXT] = head;
    k[at + KEY.WHEEL_PREV] = -1;
    k[at + KEY.WHEEL_SLOT] = slot;
    if (head >= 0) k[head * KEY_STRIDE + KEY.WHEEL_PREV] = f;
    this.#heads[slot] = f;
  }

  take(f: number): void {
    const k = this.#table.keys;
    const at = f * KEY_STRIDE;
    const slot = k[at + KEY.WHEEL_SLOT]!;
    if (slot < 0) return;
    const next = k[at + KEY.WHEEL_NEXT]!;
    const prev = k[at + KEY.WHEEL_PREV]!;
    if (prev >= 0) k[prev * KEY_STRIDE + KEY.WHEEL_NEXT] = next;
    else this.#heads[slot] = next;
    if (next >= 0) k[next * KEY_STRIDE + KEY.WHEEL_PREV] = prev;
    k[at + KEY.WHEEL_SLOT] = -1;
  }

  /**
   * Moves on to `second`, calling `due(f)` for each flow whose slot was passed; due must put the flow again or end it.
   * A jump of more than one turn passes every slot once.
   */
  advance(second: number, due: (f: number) => void): void {
    if (this.second < 0) this.second = second;
    const steps = Math.min(second - this.second, SLOTS);
    if (steps <= 0) return;
    const first = this.second + 1;
    this.second = second;
    for (let i = 0; i < steps; i++) {
      const slot = (first + i) % SLOTS;
      let f = this.#heads[slot]!;
      // The whole list is taken off first: a flow put again may land in this very slot, a turn later.
      this.#heads[slot] = -1;
      while (f >= 0) {
        const at = f * KEY_STRIDE;
        const next = this.#table.keys[at + KEY.WHEEL_NEXT]!;
        this.#table.keys[at + KEY.WHEEL_SLOT] = -1;
        due(f);
        f = next;
      }
    }
  }
}
