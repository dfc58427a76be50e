/**
 * The instruction hook does not run inside one native function. Those whose time is not bounded by the memory they can
 * touch are fenced here: refused, bounded, handed to a version in Lua (slow.ts), or preceded by a look at the clock.
 */
import type { StackFrame } from './frame.ts';
import type { Instance } from './module.ts';
import { stringGuards } from './strings.ts';
import { type CFunction, install } from './trampoline.ts';

export interface GuardContext {
  me: Instance;
  frame: StackFrame;
  /** Looks at the clock; throws through the VM when the deadline has passed. */
  tick(l: number): void;
  /** Raises an error of the script; does not return. */
  raise(l: number, message: string): number;
  /** Pushes what a path of globals designates. */
  get(path: string[]): void;
  /** Pops a value into a path of globals. */
  set(path: string[]): void;
  /** Calls a function of slow.ts with the arguments of the running C function; returns its number of results. */
  slow(l: number, name: string): number;
}
export type Native = (l: number) => number;
export type Wrap = (native: Native) => CFunction;

const T_TABLE = 5;
/** Elements that table.move may move natively, and that a table may claim to have. */
const MAX_ELEMENTS = 4_000_000;

/** Natives that may take milliseconds each. */
const TICKED = [
  'coroutine.create',
  'coroutine.wrap',
  'coroutine.resume',
  'coroutine.close',
  'string.upper',
  'string.lower',
  'string.reverse',
  'string.format',
  'string.pack',
  'string.byte',
  'utf8.len',
  'utf8.codepoint',
  'load',
];

/**
 * Wraps natives in place, before the prelude runs, which keeps some of them. Returns their indexes in the function table;
 * with `known` ones the wrappers are in the VM's memory already, and only what they call is made.
 */
export function guardNatives(context: GuardContext, known?: readonly number[]): number[] {
  const { me, get, set } = context;
  const x = me.exports;
  const table = x.__indirect_function_table;
  const { l } = context.frame;
  const wraps: Record<string, Wrap> = { ...tableGuards(context), ...stringGuards(context) };
  for (const name of TICKED) {
    wraps[name] = (native) => (t) => {
      context.tick(t);
      return native(t);
    };
  }
  wraps['setmetatable'] = (native) => (t) => withoutFinalizer(context, native, t);
  const names = Object.keys(wraps);
  const natives: number[] = [];
  const functions = names.map((name, i) => {
    let index = known?.[i];
    if (index === undefined) {
      get(name.split('.'));
      index = x.lua_tocfunction(l, -1);
      x.lua_settop(l, -2);
    }
    natives.push(index);
    // Taken out of the table when it is first called: few of them ever are.
    let native: Native | undefined = index === 0 ? () => 0 : undefined;
    return wraps[name]!((t) => (native ??= table.get(index) as Native)(t));
  });
  const first = install(table, names.length, (t, which) => functions[which]!(t));
  if (known) return natives;
  names.forEach((name, i) => {
    x.lua_pushcclosure(l, first + i, 0);
    set(name.split('.'));
  });
  return natives;
}

/** With metamethods a native loop may be endless (`__len` of 2^60); a raw table may only claim a huge length. */
function tableGuards({ me, tick, raise, slow }: GuardContext): Record<string, Wrap> {
  const x = me.exports;
  const hasMetatable = (l: number, index: number): boolean => {
    if (x.lua_type(l, index) !== T_TABLE || x.lua_getmetatable(l, index) === 0) return false;
    x.lua_settop(l, -2);
    return true;
  };
  const plain =
    (name: string): Wrap =>
    (native) =>
    (l) => {
      tick(l);
      if (hasMetatable(l, 1)) return slow(l, name);
      if (x.lua_type(l, 1) === T_TABLE && Number(x.lua_rawlen(l, 1)) > MAX_ELEMENTS)
        return raise(l, `table too large for '${name}'`);
      return native(l);
    };
  return {
    'table.remove': plain('remove'),
    'table.sort': plain('sort'),
    'table.concat': plain('concat'),
    'table.unpack': plain('unpack'),
    'table.insert': (native) => {
      const guarded = plain('insert')(native);
      return (l) => (x.lua_gettop(l) === 2 && !hasMetatable(l, 1) ? native(l) : guarded(l));
    },
    'table.move': (native) => (l) => {
      tick(l);
      if (hasMetatable(l, 1) || hasMetatable(l, 5)) return slow(l, 'move');
      const count = x.lua_tonumberx(l, 3, 0) - x.lua_tonumberx(l, 2, 0);
      if (count > MAX_ELEMENTS) return raise(l, "too many elements for 'move'");
      return native(l);
    },
  };
}

/**
 * Finalizers run with the hook switched off (lgc.c), so an endless one could not be interrupted: `__gc` is taken out of
 * every metatable before it is set.
 */
function withoutFinalizer({ me, frame }: GuardContext, native: Native, l: number): number {
  const x = me.exports;
  if (x.lua_type(l, 2) === T_TABLE) {
    const before = frame.l;
    frame.l = l;
    frame.string('__gc');
    frame.nil();
    frame.l = before;
    x.lua_rawset(l, 2);
  }
  return native(l);
}
