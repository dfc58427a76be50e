/**
 * The state of a VM in which only our own code has run, to begin others with: copying half a megabyte takes a tenth of the
 * time that opening libraries and compiling the prelude does. Taken while no call runs, so the C stack holds nothing.
 */
import type { Ref } from '../vm.ts';
import { HEAP_BASE, type Instance, PAGE } from './module.ts';

/** What of a VM lies outside of the module's memory. */
export interface VmState {
  /** lua_State of the main thread. */
  l: number;
  scratch: number;
  count: number;
  countWord: Ref;
  slow: ReadonlyMap<string, Ref>;
  /** Indexes of the natives behind the guards. */
  natives: readonly number[];
  /** What the slots for functions of ours are bound to, in their order. */
  paths: readonly string[];
}

export interface Image extends VmState {
  /** Bytes of the module's memory. */
  bytes: number;
  chunks: readonly { at: number; data: Uint8Array }[];
}

/** The C stack: it grows down from the heap's base to the static data. */
const STACK_BYTES = 1 << 20;
const STATIC_BYTES = HEAP_BASE - STACK_BYTES;
/** Copied piece by piece, so that what holds zeros only stays untouched memory of the kernel's. */
const CHUNK = 4096;

export function takeImage(me: Instance, state: VmState): Image {
  const { u8 } = me;
  const chunks: { at: number; data: Uint8Array }[] = [];
  const zeros = Buffer.alloc(CHUNK);
  const take = (from: number, to: number): void => {
    let start = from;
    for (let at = from; at < to; at += CHUNK) {
      const end = Math.min(to, at + CHUNK);
      const empty = zeros.compare(u8, at, end, 0, end - at) === 0;
      if (empty && at > start) chunks.push({ at: start, data: u8.slice(start, at) });
      if (empty) start = end;
    }
    if (start < to) chunks.push({ at: start, data: u8.slice(start, to) });
  };
  take(0, STATIC_BYTES);
  take(HEAP_BASE, u8.length);
  return { ...state, bytes: u8.length, chunks };
}

/** Makes a new instance's memory what it was; false when the engine gives no more memory. */
export function restoreImage(me: Instance, image: Image): boolean {
  const missing = image.bytes - me.u8.length;
  if (missing > 0) {
    try {
      me.exports.memory.grow(Math.ceil(missing / PAGE));
    } catch {
      return false;
    }
    me.remap();
  }
  for (const { at, data } of image.chunks) me.u8.set(data, at);
  return true;
}
