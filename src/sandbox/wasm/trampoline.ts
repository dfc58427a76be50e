/**
 * JavaScript functions as Lua C functions: a table of the Lua module takes only WebAssembly functions, so a tiny module
 * imports ours and exports them again with the right type. Modules are compiled once per size and instantiated per VM.
 */
import { toLeb } from './module.ts';

export type CFunction = (l: number) => number;
type Hook = (l: number, debug: number) => void;

const I32 = 0x7f;
const str = (s: string): number[] => [s.length, ...Buffer.from(s)];
const section = (id: number, items: number[][]): number[] => {
  const body = [...toLeb(items.length), ...items.flat()];
  return [id, ...toLeb(body.length), ...body];
};

/** A module with `count` imports of type (i32) → i32 and, as number `count`, one (i32, i32) → (); all exported again. */
function build(count: number): WebAssembly.Module {
  const names = Array.from({ length: count + 1 }, (_, i) => str(`f${i}`));
  const bytes = [
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [
      [0x60, 1, I32, 1, I32],
      [0x60, 2, I32, I32, 0],
    ]),
    ...section(
      2,
      names.map((name, i) => [...str('e'), ...name, 0, i === count ? 1 : 0]),
    ),
    ...section(
      7,
      names.map((name, i) => [...name, 0, ...toLeb(i)]),
    ),
  ];
  return new WebAssembly.Module(new Uint8Array(bytes));
}

const modules = new Map<number, WebAssembly.Module>();

/** Puts functions into `table` and returns their indexes; `hook`'s is the last. */
export function install(table: WebAssembly.Table, functions: CFunction[], hook: Hook = () => {}): number[] {
  const count = functions.length;
  let module = modules.get(count);
  if (!module) modules.set(count, (module = build(count)));
  const e: Record<string, CFunction | Hook> = {};
  for (let i = 0; i < count; i++) e[`f${i}`] = functions[i]!;
  e[`f${count}`] = hook;
  const { exports } = new WebAssembly.Instance(module, { e });
  const first = table.grow(count + 1);
  const indexes: number[] = [];
  for (let i = 0; i <= count; i++) {
    table.set(first + i, exports[`f${i}`]);
    indexes.push(first + i);
  }
  return indexes;
}
