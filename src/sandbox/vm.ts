/**
 * The border of the sandbox: one VM runs the scripts of one plugin, with its own allowance of memory and a deadline per
 * call. The sandbox knows nothing of networks or plugins; two engines (`wasm`: Lua in WebAssembly, `fengari`: Lua in
 * JavaScript inside QuickJS) and the JavaScript engine (`quickjs`) implement this interface and pass one conformance suite.
 */

/**
 * Values that cross the border. Tables become arrays (keys 1..n only) or plain objects (an empty table: `{}`); functions
 * never cross. Numbers without a fraction become Lua integers.
 */
export type LuaValue = undefined | null | boolean | number | string | LuaValue[] | { [key: string]: LuaValue };

/**
 * A function of ours that the sandbox may call. Wrong argument types arrive as they are: the function checks. To fail
 * inside the script, return `luaError(text)`; it must not throw. It returns zero or more values.
 */
export type HostFunction = (args: LuaValue[]) => LuaValue[] | HostError;

export class HostError {
  readonly message: string;
  constructor(message: string) {
    this.message = message;
  }
}
export const luaError = (message: string): HostError => new HostError(message);

/** Puts values in order: arguments of a call, results of a host function, fields of a record. Allocates nothing itself. */
export interface Writer {
  nil(): void;
  boolean(value: boolean): void;
  /** Without a fraction and within ±2^53: a Lua integer, else a float. */
  number(value: number): void;
  string(value: string): void;
  /** A string of bytes `from`..`to` of `source`, as they are: cheaper than to make a text of them first. */
  raw(source: Uint8Array, from: number, to: number): void;
  /** Passes what a Ref designates, not a copy. */
  ref(ref: Ref): void;
  /** Copies any value in; slow. */
  value(value: LuaValue): void;
}

/**
 * The fast face of a call from a script to us: arguments are read one by one (index from 0), results written. Valid only
 * during that call.
 */
export interface Frame extends Writer {
  /** Number of arguments. */
  readonly count: number;
  /** NaN when the argument is not a number. */
  numberAt(index: number): number;
  /** undefined when the argument is not a string. */
  stringAt(index: number): string | undefined;
  /** Truth as Lua has it: only nil and false are false. */
  truthAt(index: number): boolean;
  valueAt(index: number): LuaValue;
}

/** Like HostFunction without the copies. What the frame was given are the results. */
export type FastFunction = (frame: Frame) => HostError | undefined;

export interface VmLimits {
  /** Bytes the VM may hold at any moment. */
  memoryBytes: number;
  /** Milliseconds one call may run before it is interrupted. */
  callMs: number;
  /** Bytes one value may have when it crosses the border in either direction. */
  valueBytes: number;
}

/** A plugin with its libraries needs about 300 kB; 16 MB leave room for tables of hosts. */
export const DEFAULT_LIMITS: VmLimits = { memoryBytes: 16 << 20, callMs: 250, valueBytes: 1 << 20 };

/** What a VM asks of its owner; each has a harmless default. */
export interface VmHooks {
  /** Milliseconds since the epoch for os.time, os.date and os.clock. Default: the wall clock. */
  nowMs(): number;
  /** Text of print and io.write, at most `valueBytes` at once. Default: dropped. */
  write(text: string): void;
}

export interface VmOptions {
  name: string;
  limits?: Partial<VmLimits>;
  hooks?: Partial<VmHooks>;
  /** Told when a call enters and leaves the VM, so that a watchdog knows who hangs. */
  pulse?: Pulse;
}

/** See watchdog.ts. */
export interface Pulse {
  enter(): void;
  leave(): void;
}

/** Why a call ended early. `error` is the script's own fault and leaves the VM usable; all others end the VM. */
export type Fault = 'error' | 'time' | 'memory' | 'stack' | 'aborted';

export type Failure = {
  ok: false;
  fault: Fault /** message with file:line where known */;
  message: string;
  traceback?: string;
};
export type CallResult = { ok: true; values: LuaValue[] } | Failure;

/** A function or table inside the VM, kept alive by us until released. */
export type Ref = number & { readonly __ref: unique symbol };

export interface Vm {
  readonly engine: 'wasm' | 'fengari' | 'quickjs';
  readonly name: string;
  /** False after a fault that ends the VM, or after close(). */
  readonly usable: boolean;
  /** Binds `path` ("flow.getInfo" makes table `flow` if absent) to a function of ours. */
  bind(path: string, fn: HostFunction): void;
  /** Like bind, for functions called often. */
  bindFast(path: string, fn: FastFunction): void;
  /**
   * Binds `path` to a function without arguments that returns a new table with these fields; `fill` writes their values
   * in the order of `fields` (nil leaves a field absent). At most 200 fields; the names are interned once.
   */
  bindRecord(path: string, fields: readonly string[], fill: FastFunction): void;
  /** Sets a global to a value (tables are copied in). */
  setGlobal(name: string, value: LuaValue): void;
  /** Copies a value in and keeps it. */
  keep(value: LuaValue): Ref;
  /**
   * Compiles text only (never bytecode) under `chunk` (shown in errors), runs it, returns a Ref to its first result when
   * that is a function or table (which then is not copied: its place in `values` is undefined).
   */
  load(chunk: string, source: string, env?: Ref): CallResult & { ref?: Ref };
  /** Reads what `path` designates below ref ("hooks.protocolDetected") as a Ref when it is a function or table. */
  field(ref: Ref, path: string): Ref | undefined;
  /** Copies the value of a Ref out; functions and what exceeds the bounds become undefined. */
  read(ref: Ref): LuaValue;
  /** Calls a function; arguments are copied in, results out. Never throws. */
  call(fn: Ref, args: LuaValue[]): CallResult;
  /**
   * Calls a function whose results nobody wants; `push` writes the arguments. Never throws, allocates nothing on success.
   * `nowMs`: performance.now() for who has just asked it; the deadline counts from there.
   */
  run(fn: Ref, push?: (to: Writer) => void, nowMs?: number): Failure | undefined;
  release(ref: Ref): void;
  /** Gives memory back that is not needed any more; after loading, when the texts of scripts are compiled. */
  collect(): void;
  /** Bytes held now. */
  memoryUsed(): number;
  close(): void;
}
