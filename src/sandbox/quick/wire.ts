/**
 * How values cross into QuickJS: as JSON text, one string each way per call. What JSON lacks (infinite numbers, refs) is an
 * object with one key that no script's text can produce by accident: control characters.
 */
import { MAX_DEPTH } from '../border.ts';
import type { CallResult, LuaValue, Ref } from '../vm.ts';
import { NUMBER_KEY, REF_KEY } from './keys.ts';

/** Marks an argument as a ref instead of a copy. */
export class RefArgument {
  readonly ref: number;
  constructor(ref: number) {
    this.ref = ref;
  }
}
export type WireValue = LuaValue | RefArgument;

/** JSON for a list of values. */
export function encode(values: readonly WireValue[]): string {
  return JSON.stringify(values.map((value) => plain(value, 0)));
}

function plain(value: WireValue, depth: number): unknown {
  if (value === undefined || value === null) return null;
  if (typeof value === 'number') return Number.isFinite(value) ? value : { [NUMBER_KEY]: String(value) };
  if (typeof value !== 'object') return typeof value === 'function' ? null : value;
  if (value instanceof RefArgument) return { [REF_KEY]: value.ref };
  if (depth >= MAX_DEPTH) return null;
  if (Array.isArray(value)) return value.map((item) => plain(item, depth + 1));
  const object: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    Object.defineProperty(object, key, { value: plain(item, depth + 1), enumerable: true });
  }
  return object;
}

/** Values from JSON that the bridge inside made: null is undefined, keys with undefined are left out there. */
export function decode(json: string): LuaValue[] {
  return (JSON.parse(json) as unknown[]).map(restore);
}

function restore(value: unknown): LuaValue {
  if (value === null) return undefined;
  if (typeof value !== 'object') return value as LuaValue;
  if (Array.isArray(value)) return value.map(restore);
  const number = (value as Record<string, unknown>)[NUMBER_KEY];
  if (number !== undefined) return Number(number);
  for (const key of Object.keys(value)) {
    Object.defineProperty(value, key, {
      value: restore((value as Record<string, unknown>)[key]),
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
  return value as LuaValue;
}

const MAX_MESSAGE = 4000;

/** A reply of the bridge; a plugin in JavaScript may have tampered with it, so nothing is taken for granted. */
export function parseReply(json: string): CallResult & { ref?: Ref } {
  let reply: Record<string, unknown>;
  try {
    reply = JSON.parse(json) as Record<string, unknown>;
    if (typeof reply !== 'object' || reply === null) throw new Error('no object');
  } catch {
    return { ok: false, fault: 'aborted', message: 'the bridge gave no answer' };
  }
  const { fault, message, traceback, values, ref } = reply;
  if (fault === 'error' || fault === 'stack') {
    const text = String(message).slice(0, MAX_MESSAGE);
    const trace =
      typeof traceback === 'string' && traceback !== '' ? { traceback: traceback.slice(0, MAX_MESSAGE) } : {};
    return { ok: false, fault, message: text, ...trace };
  }
  if (!Array.isArray(values)) return { ok: false, fault: 'aborted', message: 'the bridge gave no answer' };
  const kept = typeof ref === 'number' && Number.isSafeInteger(ref) && ref > 0 ? { ref: ref as Ref } : {};
  return { ok: true, values: values.map(restore), ...kept };
}
