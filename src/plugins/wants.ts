/** What flow events scripts want, in shared memory: written by the worker, read by the engine before it makes a record. */
import type { FlowHook } from './host-port.ts';

const HOOKS = 3;
/** nDPI's ids end below 500; an id of a custom protocol above shares the last place. */
const L7 = 1024;
/** Per hook: one byte for each IP protocol (a script without l7 filter), then one for each L7 id with the L4 group in bits. */
const STRIDE = 256 + L7;
const TCP = 1;
const UDP = 2;
const OTHER = 4;

export const WANTS_BYTES = HOOKS * STRIDE;

const group = (proto: number): number => (proto === 6 ? TCP : proto === 17 ? UDP : OTHER);
const place = (id: number): number => (id < L7 ? id : L7 - 1);

export class WantsWriter {
  #shared: Uint8Array;
  #draft = new Uint8Array(WANTS_BYTES);
  constructor(memory: SharedArrayBuffer) {
    this.#shared = new Uint8Array(memory);
  }
  clear(): void {
    this.#draft.fill(0);
  }
  /** Makes what was added since clear() valid. */
  publish(): void {
    this.#shared.set(this.#draft);
  }
  /** A script wants hook 0..2 for the IP protocols marked in `l4` and for `l7` (-1 = any). */
  add(hook: number, l4: Uint8Array, l7: number): void {
    const base = hook * STRIDE;
    for (let proto = 0; proto < 256; proto++) {
      if (l4[proto] === 0) continue;
      if (l7 === -1) this.#draft[base + proto] = 1;
      else this.#draft[base + 256 + place(l7)]! |= group(proto);
    }
  }
}

const BASE: Record<FlowHook, number> = { protocolDetected: 0, periodicUpdate: STRIDE, flowEnd: 2 * STRIDE };

export class WantsReader {
  #shared: Uint8Array;
  constructor(memory: SharedArrayBuffer) {
    this.#shared = new Uint8Array(memory);
  }
  wants(hook: FlowHook, proto: number, master: number, app: number): boolean {
    const shared = this.#shared;
    const base = BASE[hook];
    if (shared[base + proto] !== 0) return true;
    return ((shared[base + 256 + place(master)]! | shared[base + 256 + place(app)]!) & group(proto)) !== 0;
  }
}
