/**
 * JavaScript functions as Lua C functions: a table of the Lua module takes only WebAssembly functions, so a tiny module
 * imports one dispatcher and puts functions into that table which call it, each with its own number. One object of
 * JavaScript's serves them all: fifty VMs with a hundred functions each would hold megabytes of wrappers otherwise.
 * Modules are compiled once per size and instantiated per VM.
 */
import { toLeb } from './module.ts';

export type CFunction = (l: number) => number;
type Hook = (l: number, debug: number) => void;

const I32 = 0x7f;
const FUNCREF = 0x70;
const CALL = 0x10;
const CONST = 0x41;
const GET_LOCAL = 0x20;
const GET_GLOBAL = 0x23;
const END = 0x0b;

const str = (s: string): number[] => [s.length, ...Buffer.from(s)];
const section = (id: number, items: number[][]): number[] => {
  const body = [...toLeb(items.length), ...items.flat()];
  return [id, ...toLeb(body.length), ...body];
};
const body = (code: number[]): number[] => [...toLeb(code.length + 2), 0, ...code, END];

/** Signed LEB128 of a number that is not negative. */
function toSignedLeb(value: number): number[] {
  const bytes = toLeb(value);
  const last = bytes.at(-1)!;
  if ((last & 0x40) === 0) return bytes;
  return [...bytes.slice(0, -1), last | 0x80, 0];
}

/**
 * A module that puts `count` functions of type (i32) → i32 into the imported table from index `base` on, and behind them
 * one of type (i32, i32) → (). WebAssembly core specification 5.5.
 */
function build(count: number): WebAssembly.Module {
  const dispatched = Array.from({ length: count }, (_, i) => [GET_LOCAL, 0, CONST, ...toSignedLeb(i), CALL, 0]);
  const hook = [GET_LOCAL, 0, GET_LOCAL, 1, CALL, 1];
  const bytes = [
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [
      [0x60, 1, I32, 1, I32],
      [0x60, 2, I32, I32, 0],
      [0x60, 2, I32, I32, 1, I32],
    ]),
    ...section(2, [
      [...str('e'), ...str('call'), 0, 2],
      [...str('e'), ...str('hook'), 0, 1],
      [...str('e'), ...str('table'), 1, FUNCREF, 0, ...toLeb(count + 1)],
      [...str('e'), ...str('base'), 3, I32, 0],
    ]),
    ...section(3, [...dispatched.map(() => [0]), [1]]),
    // The two imported functions come first in the numbering.
    ...section(9, [
      [0, GET_GLOBAL, 0, END, ...toLeb(count + 1), ...dispatched.flatMap((_, i) => toLeb(i + 2)), ...toLeb(count + 2)],
    ]),
    ...section(10, [...dispatched.map(body), body(hook)]),
  ];
  return new WebAssembly.Module(new Uint8Array(bytes));
}

const modules = new Map<number, WebAssembly.Module>();

const noHook: Hook = () => {};

/**
 * Puts `count` functions into `table`, number i of which calls `call(l, i)`; `hook` comes behind them. Returns the index
 * of the first.
 */
export function install(
  table: WebAssembly.Table,
  count: number,
  call: (l: number, which: number) => number,
  hook: Hook = noHook,
): number {
  let module = modules.get(count);
  if (!module) modules.set(count, (module = build(count)));
  const first = table.grow(count + 1);
  new WebAssembly.Instance(module, { e: { call, hook, table, base: first } });
  return first;
}
