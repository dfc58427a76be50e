/** What flow events scripts want, in shared memory: written by the worker, read by the engine before it makes a record. */
import type { FlowHook } from './host-port.ts';
import { HOOKED_L4 } from './ndpi.ts';

const HOOKS = 3;
/** nDPI's ids end below 500; an id of a custom protocol above shares the last place. */
const L7 = 1024;
/** Per hook: a word for scripts without l7 filter, then one for each L7 id; a bit in it for each IP protocol with hooks. */
const STRIDE = 1 + L7;
export const WANTS_BYTES = HOOKS * STRIDE * 2;

const BIT = new Uint16Array(256);
for (const [i, proto] of HOOKED_L4.entries()) BIT[proto] = 1 << i;

const place = (id: number): number => 1 + (id < L7 ? id : L7 - 1);

export class WantsWriter {
  #shared: Uint16Array;
  #draft = new Uint16Array(HOOKS * STRIDE);
  constructor(memory: SharedArrayBuffer) {
    this.#shared = new Uint16Array(memory);
  }
  clear(): void {
    this.#draft.fill(0);
  }
  /** A script wants hook 0..2 for the IP protocols marked in `l4` and for `l7` (-1 = any). */
  add(hook: number, l4: Uint8Array, l7: number): void {
    const at = hook * STRIDE + (l7 === -1 ? 0 : place(l7));
    for (const proto of HOOKED_L4) {
      if (l4[proto] !== 0) this.#draft[at]! |= BIT[proto]!;
    }
  }
  /** Makes what was added since clear() valid. */
  publish(): void {
    this.#shared.set(this.#draft);
  }
}

const BASE: Record<FlowHook, number> = { protocolDetected: 0, periodicUpdate: STRIDE, flowEnd: 2 * STRIDE };

export class WantsReader {
  #shared: Uint16Array;
  constructor(memory: SharedArrayBuffer) {
    this.#shared = new Uint16Array(memory);
  }
  wants(hook: FlowHook, proto: number, master: number, app: number): boolean {
    const shared = this.#shared;
    const base = BASE[hook];
    return ((shared[base]! | shared[base + place(master)]! | shared[base + place(app)]!) & BIT[proto]!) !== 0;
  }
}
