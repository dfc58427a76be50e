/**
 * The instruction hook does not run inside one native function. Those whose time is not bounded by the memory they can
 * touch are fenced here: refused, bounded, handed to an interruptible version, or at least preceded by a look at the clock.
 */
import type { StackFrame } from './frame.ts';
import type { Instance } from './module.ts';
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
}

const T_TABLE = 5;

type Native = (l: number) => number;

/** Natives that may take milliseconds each: a look at the clock before every one. */
const TICKED = [
  'coroutine.create',
  'coroutine.wrap',
  'coroutine.resume',
  'coroutine.close',
  'string.rep',
  'string.upper',
  'string.lower',
  'string.reverse',
  'string.format',
  'string.pack',
  'string.byte',
  'table.sort',
  'table.concat',
  'table.unpack',
  'table.move',
  'utf8.len',
  'utf8.codepoint',
];

export function guardNatives(context: GuardContext): void {
  const { me, get, set } = context;
  const x = me.exports;
  const { __indirect_function_table: table } = x;
  const l = context.frame.l;
  const wrap = new Map<string, (native: Native) => CFunction>();
  for (const name of TICKED) {
    wrap.set(name, (native) => (t) => {
      context.tick(t);
      return native(t);
    });
  }
  wrap.set('setmetatable', (native) => (t) => withoutFinalizer(context, native, t));
  const names = [...wrap.keys()];
  const functions = names.map((name) => {
    get(name.split('.'));
    const index = x.lua_tocfunction(l, -1);
    x.lua_settop(l, 0);
    return wrap.get(name)!(table.get(index) as Native);
  });
  const indexes = install(table, functions);
  names.forEach((name, i) => {
    x.lua_pushcclosure(l, indexes[i]!, 0);
    set(name.split('.'));
  });
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
