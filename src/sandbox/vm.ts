/**
 * The border of the sandbox: one VM runs the scripts of one plugin, with its own allowance of memory and a deadline per
 * call. The sandbox knows nothing of networks or plugins; two engines (`wasm`: Lua in WebAssembly, `fengari`: Lua in
 * JavaScript inside QuickJS) and the JavaScript engine (`quickjs`) implement this interface and pass one conformance suite.
 */

/** Values that cross the border. Tables become arrays (keys 1..n only) or plain objects; functions never cross. */
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

export interface VmLimits {
  /** Bytes the VM may hold at any moment. */
  memoryBytes: number;
  /** Milliseconds one call may run before it is interrupted. */
  callMs: number;
  /** Bytes one value may have when it crosses the border in either direction. */
  valueBytes: number;
}

/** Why a call ended early. `error` is the script's own fault and leaves the VM usable; all others end the VM. */
export type Fault = 'error' | 'time' | 'memory' | 'stack' | 'aborted';

export type CallResult =
  | { ok: true; values: LuaValue[] }
  | { ok: false; fault: Fault /** message with file:line where known */; message: string; traceback?: string };

/** A function or table inside the VM, kept alive by us until released. */
export type Ref = number & { readonly __ref: unique symbol };

export interface Vm {
  readonly engine: 'wasm' | 'fengari' | 'quickjs';
  readonly name: string;
  /** False after a fault that ends the VM, or after close(). */
  readonly usable: boolean;
  /** Binds `path` ("flow.getInfo" makes table `flow` if absent) to a function of ours. */
  bind(path: string, fn: HostFunction): void;
  /** Sets a global to a value (tables are copied in). */
  setGlobal(name: string, value: LuaValue): void;
  /** Compiles text only (never bytecode) under `chunk` (shown in errors), runs it, returns a Ref to its first result, or undefined. */
  load(chunk: string, source: string, env?: Ref): CallResult & { ref?: Ref };
  /** Reads what `path` designates below ref ("hooks.protocolDetected") as a Ref when it is a function or table. */
  field(ref: Ref, path: string): Ref | undefined;
  /** Copies the value of a Ref out; functions and what exceeds the bounds become undefined. */
  read(ref: Ref): LuaValue;
  /** Calls a function; arguments are copied in, results out. Never throws. */
  call(fn: Ref, args: LuaValue[]): CallResult;
  release(ref: Ref): void;
  /** Bytes held now. */
  memoryUsed(): number;
  close(): void;
}
