/** What both sides of every engine's border agree on. */
import type { LuaValue } from './vm.ts';

/** Tables inside tables; what lies deeper is cut. */
export const MAX_DEPTH = 16;

/** A value that must not cross. Becomes an error of the script, never leaves the sandbox. */
export class BorderError extends Error {}

/** The deadline of a call has passed. Unwinds the whole VM. */
export class DeadlineError extends Error {}

/** The VM asked for memory beyond its allowance again and again. Unwinds the whole VM. */
export class AllowanceError extends Error {}

/**
 * A Lua table from its keys and values in any order: an array when the keys are exactly 1..n, else an object without the
 * keys whose value cannot cross.
 */
export function tableFrom(keys: (string | number)[], values: LuaValue[]): LuaValue {
  const n = keys.length;
  if (n > 0 && keys.every((key) => typeof key === 'number' && Number.isInteger(key) && key >= 1 && key <= n)) {
    const list: LuaValue[] = new Array(n).fill(undefined);
    for (let i = 0; i < n; i++) list[(keys[i] as number) - 1] = values[i];
    return list;
  }
  const object: { [key: string]: LuaValue } = {};
  for (let i = 0; i < n; i++) {
    const value = values[i];
    if (value !== undefined) put(object, String(keys[i]), value);
  }
  return object;
}

/** "__proto__" is a name like any other here. */
function put(object: { [key: string]: LuaValue }, key: string, value: LuaValue): void {
  if (key === '__proto__')
    Object.defineProperty(object, key, { value, enumerable: true, writable: true, configurable: true });
  else object[key] = value;
}

/** "a.b.c" → ["a", "b", "c"]. */
export const pathOf = (path: string): string[] => path.split('.');
