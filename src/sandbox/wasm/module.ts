/**
 * The WebAssembly module of wasmoon (Lua 5.4, MIT licence) used without wasmoon's JavaScript: its raw exports, our own
 * imports. The imports are the whole world the module can reach; files, processes and the environment are not in it.
 */
import { luaWasm } from '../assets.ts';

/** lua_State*, char*, a function table index: all are addresses or indexes of 32 bits. */
type Ptr = number;

/** The exports we use; names and shapes as in the Lua 5.4 manual, section 4. */
export interface LuaExports {
  memory: WebAssembly.Memory;
  __indirect_function_table: WebAssembly.Table;
  __wasm_call_ctors(): void;
  emscripten_stack_init(): void;
  stackSave(): number;
  stackRestore(sp: number): void;
  setThrew(threw: number, value: number): void;
  malloc(bytes: number): Ptr;
  free(at: Ptr): void;
  luaL_newstate(): Ptr;
  lua_setwarnf(l: Ptr, f: number, ud: Ptr): void;
  lua_sethook(l: Ptr, f: number, mask: number, count: number): void;
  luaopen_base(l: Ptr): number;
  luaopen_coroutine(l: Ptr): number;
  luaopen_table(l: Ptr): number;
  luaopen_string(l: Ptr): number;
  luaopen_math(l: Ptr): number;
  luaopen_utf8(l: Ptr): number;
  luaopen_debug(l: Ptr): number;
  luaL_loadbufferx(l: Ptr, at: Ptr, bytes: number, chunk: Ptr, mode: Ptr): number;
  luaL_traceback(l: Ptr, of: Ptr, message: Ptr, level: number): void;
  luaL_where(l: Ptr, level: number): void;
  luaL_tolstring(l: Ptr, index: number, len: Ptr): Ptr;
  luaL_ref(l: Ptr, table: number): number;
  luaL_unref(l: Ptr, table: number, ref: number): void;
  lua_checkstack(l: Ptr, n: number): number;
  lua_gettop(l: Ptr): number;
  lua_settop(l: Ptr, index: number): void;
  lua_pushvalue(l: Ptr, index: number): void;
  lua_copy(l: Ptr, from: number, to: number): void;
  lua_rotate(l: Ptr, index: number, n: number): void;
  lua_type(l: Ptr, index: number): number;
  lua_isinteger(l: Ptr, index: number): number;
  lua_tolstring(l: Ptr, index: number, len: Ptr): Ptr;
  lua_tonumberx(l: Ptr, index: number, ok: Ptr): number;
  lua_toboolean(l: Ptr, index: number): number;
  lua_tocfunction(l: Ptr, index: number): number;
  lua_topointer(l: Ptr, index: number): Ptr;
  lua_rawlen(l: Ptr, index: number): bigint | number;
  lua_pushnil(l: Ptr): void;
  lua_pushnumber(l: Ptr, value: number): void;
  lua_pushinteger(l: Ptr, value: bigint): void;
  lua_pushboolean(l: Ptr, value: number): void;
  lua_pushlstring(l: Ptr, at: Ptr, bytes: number): Ptr;
  lua_setglobal(l: Ptr, name: Ptr): void;
  lua_getglobal(l: Ptr, name: Ptr): number;
  lua_pushcclosure(l: Ptr, f: number, upvalues: number): void;
  lua_createtable(l: Ptr, array: number, hash: number): void;
  lua_rawget(l: Ptr, index: number): number;
  lua_rawset(l: Ptr, index: number): void;
  lua_rawgeti(l: Ptr, index: number, n: bigint): number;
  lua_rawseti(l: Ptr, index: number, n: bigint): void;
  lua_getmetatable(l: Ptr, index: number): number;
  lua_next(l: Ptr, index: number): number;
  lua_getupvalue(l: Ptr, index: number, n: number): Ptr;
  lua_setupvalue(l: Ptr, index: number, n: number): Ptr;
  lua_concat(l: Ptr, n: number): void;
  lua_error(l: Ptr): number;
  lua_callk(l: Ptr, args: number, results: number, context: number, k: number): void;
  lua_pcallk(l: Ptr, args: number, results: number, handler: number, context: number, k: number): number;
}

/** The names above: an instance has an object of JavaScript's for each export, and the module has a hundred more. */
const EXPORTS = [
  'memory',
  '__indirect_function_table',
  '__wasm_call_ctors',
  'emscripten_stack_init',
  'stackSave',
  'stackRestore',
  'setThrew',
  'malloc',
  'free',
  'luaL_newstate',
  'lua_setwarnf',
  'lua_sethook',
  'luaopen_base',
  'luaopen_coroutine',
  'luaopen_table',
  'luaopen_string',
  'luaopen_math',
  'luaopen_utf8',
  'luaopen_debug',
  'luaL_loadbufferx',
  'luaL_traceback',
  'luaL_where',
  'luaL_tolstring',
  'luaL_ref',
  'luaL_unref',
  'lua_checkstack',
  'lua_gettop',
  'lua_settop',
  'lua_pushvalue',
  'lua_copy',
  'lua_rotate',
  'lua_type',
  'lua_isinteger',
  'lua_tolstring',
  'lua_tonumberx',
  'lua_toboolean',
  'lua_tocfunction',
  'lua_topointer',
  'lua_rawlen',
  'lua_pushnil',
  'lua_pushnumber',
  'lua_pushinteger',
  'lua_pushboolean',
  'lua_pushlstring',
  'lua_setglobal',
  'lua_getglobal',
  'lua_pushcclosure',
  'lua_createtable',
  'lua_rawget',
  'lua_rawset',
  'lua_rawgeti',
  'lua_rawseti',
  'lua_getmetatable',
  'lua_next',
  'lua_getupvalue',
  'lua_setupvalue',
  'lua_concat',
  'lua_error',
  'lua_callk',
  'lua_pcallk',
] as const satisfies readonly (keyof LuaExports)[];

export const PAGE = 65536;
/** Hard cap of every instance, put into the module itself: whatever our own accounting does, the engine refuses more. */
export const HARD_CAP_BYTES = 64 << 20;
/** Data (34 kB) and C stack (1 MB, mostly untouched) lie below the heap; fixed by how the module was linked. */
export const HEAP_BASE = 1083712;
const START_PAGES = Math.ceil(HEAP_BASE / PAGE) + 1;

/**
 * A module with one section (WebAssembly core specification 5.5.2) replaced: `replace` gets its contents without the
 * header. Throws when there is none.
 */
function withSection(wasm: Uint8Array, id: number, replace: (body: Uint8Array) => number[]): Uint8Array<ArrayBuffer> {
  for (let at = 8; at < wasm.length; ) {
    const size = readLeb(wasm, at + 1);
    const end = size.next + size.value;
    if (wasm[at] !== id) {
      at = end;
      continue;
    }
    const body = replace(wasm.subarray(size.next, end));
    const section = Uint8Array.from([id, ...toLeb(body.length), ...body]);
    const out = new Uint8Array(wasm.length - (end - at) + section.length);
    out.set(wasm.subarray(0, at));
    out.set(section, at);
    out.set(wasm.subarray(end), at + section.length);
    return out;
  }
  throw new Error(`cannot change the lua module: it has no section ${id}`);
}

/** Rewrites the limits in the memory section (5.5.8) of a module. */
export function capMemory(wasm: Uint8Array, minPages: number, maxPages: number): Uint8Array<ArrayBuffer> {
  return withSection(wasm, 5, () => [1, 1, ...toLeb(minPages), ...toLeb(maxPages)]);
}

/** Leaves these of a module's exports (5.5.10). */
export function keepExports(wasm: Uint8Array, names: readonly string[]): Uint8Array<ArrayBuffer> {
  return withSection(wasm, 7, (body) => {
    const count = readLeb(body, 0);
    const kept: number[] = [];
    let n = 0;
    for (let i = 0, at = count.next; i < count.value; i++) {
      const name = readLeb(body, at);
      const kind = name.next + name.value;
      const end = readLeb(body, kind + 1).next;
      if (names.includes(Buffer.from(body.subarray(name.next, kind)).toString())) {
        kept.push(...body.subarray(at, end));
        n++;
      }
      at = end;
    }
    return [...toLeb(n), ...kept];
  });
}

function readLeb(bytes: Uint8Array, at: number): { value: number; next: number } {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++]!;
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return { value: value >>> 0, next: at };
  }
}

/** Unsigned LEB128. */
export function toLeb(value: number): number[] {
  const bytes: number[] = [];
  for (; value >= 0x80; value >>>= 7) bytes.push((value & 0x7f) | 0x80);
  return [...bytes, value];
}

let compiled: WebAssembly.Module | undefined;
let imports: { module: string; name: string }[] = [];
function luaModule(): WebAssembly.Module {
  if (!compiled) {
    const maxPages = Math.ceil((HEAP_BASE + HARD_CAP_BYTES) / PAGE);
    compiled = new WebAssembly.Module(keepExports(capMemory(luaWasm(), START_PAGES, maxPages), EXPORTS));
    imports = WebAssembly.Module.imports(compiled);
  }
  return compiled;
}

/** Thrown through all frames of the module when it calls abort(), or asks for what it must not have. */
export class ModuleAbort extends Error {}

/** What emscripten's longjmp throws; only invoke_vii catches it, so every other exception unwinds the whole VM. */
const LONGJMP = Number.POSITIVE_INFINITY;

export interface Instance {
  exports: LuaExports;
  /** Views of the memory; replaced whenever it grows. */
  u8: Uint8Array;
  i32: Int32Array;
  f64: Float64Array;
  bytes: Buffer;
  /** Times the allowance refused memory. */
  refused: number;
  /** Makes the views anew after the memory grew. */
  remap(): void;
}

/**
 * V8 reserves more than 8 GB of address space for each memory unless the process was started with
 * --disable-wasm-trap-handler; where addresses have 39 bits (common on small ARM boards) that is room for about 50.
 */
function link(module: WebAssembly.Module, imports: Record<string, Record<string, () => unknown>>): LuaExports {
  try {
    return new WebAssembly.Instance(module, imports).exports as unknown as LuaExports;
  } catch (e) {
    if (!(e instanceof RangeError)) throw e;
    throw new Error(
      `cannot start a lua vm: no memory or address space (${e.message}); start node with --disable-wasm-trap-handler`,
      { cause: e },
    );
  }
}

/**
 * One instance of the module. `allowance` bounds the heap in bytes; `onRefused` is told each time the heap wants more, and
 * may throw to end the call.
 */
export function instantiate(allowance: number, onRefused: () => void): Instance {
  const limit = HEAP_BASE + Math.min(allowance, HARD_CAP_BYTES);
  let cached: ((a: number, b: number) => void)[] = [];
  const refuse = (name: string) => () => {
    throw new ModuleAbort(`the lua module called ${name}`);
  };
  const env: Record<string, (...args: number[]) => unknown> = {
    /** Runs f(a, b) so that a longjmp inside returns here: how Lua's protected calls are compiled. */
    invoke_vii(f, a, b) {
      const sp = x.stackSave();
      try {
        (cached[f!] ??= x.__indirect_function_table.get(f!) as (a: number, b: number) => void)(a!, b!);
      } catch (e) {
        if (e !== LONGJMP) throw e;
        x.stackRestore(sp);
        x.setThrew(1, 0);
      }
    },
    _emscripten_throw_longjmp() {
      throw LONGJMP;
    },
    emscripten_resize_heap(wanted) {
      const bytes = wanted! >>> 0;
      if (bytes > limit) {
        me.refused++;
        onRefused();
        return 0;
      }
      const now = x.memory.buffer.byteLength;
      if (bytes > now) {
        try {
          x.memory.grow(Math.ceil((bytes - now) / PAGE));
        } catch {
          return 0;
        }
        me.remap();
      }
      return 1;
    },
    emscripten_date_now: () => Date.now(),
    _emscripten_get_now_is_monotonic: () => 1,
    abort: refuse('abort'),
  };
  const wasi: typeof env = {
    environ_sizes_get(count, size) {
      me.i32[count! >> 2] = 0;
      me.i32[size! >> 2] = 0;
      return 0;
    },
    environ_get: () => 0,
  };
  const module = luaModule();
  for (const { module: from, name } of imports) {
    const group = from === 'env' ? env : wasi;
    group[name] ??= refuse(name);
  }
  const x = link(module, { env, wasi_snapshot_preview1: wasi });
  const me = { exports: x, refused: 0 } as Instance;
  me.remap = () => {
    const buffer = x.memory.buffer;
    me.u8 = new Uint8Array(buffer);
    me.i32 = new Int32Array(buffer);
    me.f64 = new Float64Array(buffer);
    me.bytes = Buffer.from(buffer);
  };
  me.remap();
  cached = [];
  x.emscripten_stack_init();
  x.__wasm_call_ctors();
  return me;
}
