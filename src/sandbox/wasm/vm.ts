/** Lua 5.4 in WebAssembly: one instance of the module per VM, so that an abort or an interrupt costs nobody else. */
import { AllowanceError, BorderError, DeadlineError, pathOf } from '../border.ts';
import { osFunctions } from '../os.ts';
import { BIT32, PRELUDE } from '../prelude.ts';
import { recordSource } from '../record.ts';
import {
  type CallResult,
  DEFAULT_LIMITS,
  type Failure,
  type FastFunction,
  HostError,
  type HostFunction,
  type LuaValue,
  type Ref,
  type Vm,
  type VmLimits,
  type VmOptions,
  type Writer,
} from '../vm.ts';
import { GLOBALS, REGISTRY, StackFrame } from './frame.ts';
import { guardNatives } from './guards.ts';
import { type Image, restoreImage, takeImage } from './image.ts';
import { type Instance, instantiate, type LuaExports, ModuleAbort } from './module.ts';
import { SLOW } from './slow.ts';
import { type CFunction, install } from './trampoline.ts';

/** Instructions between two looks at the clock; more often once an interval took longer than SLOW_MS (huge strings). */
const HOOK_EVERY = 1000;
const HOOK_OFTEN = 20;
const SLOW_MS = 5;
const MASK_COUNT = 8;
const T_NUMBER = 3;
const T_STRING = 4;
const T_TABLE = 5;
const T_FUNCTION = 6;
const MULTIPLE = -1;
const ERRMEM = 4;
/** Refusals of memory within one call after which the call ends, caught by the script or not. */
const MAX_REFUSED = 300;
const SLOTS_PER_PAGE = 64;
const START_MS = 5000;
const MAX_MESSAGE = 4000;
/** Stack levels looked at to find the line of the script that a deadline hit. */
const WHERE_LEVELS = 6;

export class WasmVm implements Vm {
  readonly engine = 'wasm';
  readonly name: string;
  readonly limits: VmLimits;
  #options: VmOptions;
  #me: Instance;
  #x: LuaExports;
  /** The main thread; #frame.l is the one that runs. */
  #l: number;
  #frame: StackFrame;
  #usable = false;
  #depth = 0;
  #deadline = Number.POSITIVE_INFINITY;
  #lastLook = 0;
  #often = false;
  #refusedBefore = 0;
  #traceback = '';
  #handler: number;
  #hook: number;
  #count = 0;
  #countWord = 0 as Ref;
  /** Functions of slow.ts. */
  #slow = new Map<string, Ref>();
  #slots: CFunction[] = [];
  /** What each slot is bound to, and those of an image that still wait for their function. */
  #paths: string[] = [];
  #unbound = new Map<string, number>();
  #natives: readonly number[] = [];
  /** Index of the first function of each page of slots. */
  #pages: number[] = [];

  /** `image`: of a VM with the same hooks in which functions of ours were bound; they are bound again by their paths. */
  constructor(options: VmOptions, image?: Image) {
    this.name = options.name;
    this.#options = options;
    this.limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.#me = instantiate(this.limits.memoryBytes, () => this.#onRefused());
    this.#x = this.#me.exports;
    const l = (this.#l = image ? image.l : this.#x.luaL_newstate());
    if (l === 0 || (image && !restoreImage(this.#me, image)))
      throw new Error(`cannot start lua vm ${this.name}: not enough memory`);
    this.#frame = new StackFrame(this.#me, image?.scratch);
    this.#frame.begin(l, Number.POSITIVE_INFINITY);
    const table = this.#x.__indirect_function_table;
    this.#handler = install(
      table,
      1,
      (t) => this.#onError(t),
      (t) => this.#onHook(t),
    );
    this.#hook = this.#handler + 1;
    if (image) {
      this.#resume(image);
      return;
    }
    this.#x.lua_setwarnf(l, 0, 0);
    this.#openLibraries();
    this.#x.lua_sethook(l, this.#hook, MASK_COUNT, HOOK_EVERY);
    this.#usable = true;
    this.#prelude();
  }

  /** Goes on from an image: only what is ours in JavaScript is made anew. */
  #resume(image: Image): void {
    this.#count = image.count;
    this.#countWord = image.countWord;
    this.#slow = new Map(image.slow);
    this.#natives = this.#guard(image.natives);
    this.#paths = [...image.paths];
    this.#unbound = new Map();
    for (const [slot, path] of image.paths.entries()) {
      this.#unbound.set(path, slot);
      this.#slots.push((l) => this.#raise(l, `${path} is not there`, 1));
    }
    for (let page = 0; page * SLOTS_PER_PAGE < image.paths.length; page++) this.#page(page);
    this.#usable = true;
    this.#bindHost();
  }

  /** The state of this VM for others to begin with. Only while it runs nothing, and before it ran anything of a stranger. */
  image(): Image {
    return takeImage(this.#me, {
      l: this.#l,
      scratch: this.#frame.scratch,
      count: this.#count,
      countWord: this.#countWord,
      slow: this.#slow,
      natives: this.#natives,
      paths: this.#paths,
    });
  }
  /** Paths bound in the image that are not bound again yet. */
  get unbound(): string[] {
    return [...this.#unbound.keys()];
  }

  get usable(): boolean {
    return this.#usable;
  }

  #openLibraries(): void {
    const x = this.#x;
    const l = this.#l;
    for (const name of ['base', 'coroutine', 'table', 'string', 'math', 'utf8', 'debug'] as const) {
      x[`luaopen_${name}`](l);
      if (name !== 'base') this.#setPath([name]);
      x.lua_settop(l, 0);
    }
    this.#getPath(['collectgarbage']);
    this.#count = x.lua_tocfunction(l, -1);
    // Hooks make short-lived tables: collected young, a plugin needs 270 kB where it needed 470 (measured, no slower).
    x.lua_pushvalue(l, -1);
    this.#frame.string('generational');
    x.lua_callk(l, 1, 0, 0, 0);
    this.#frame.string('count');
    this.#countWord = x.luaL_ref(l, REGISTRY) as Ref;
    // Only traceback of debug stays; nothing that reads files, warns on stderr or writes bytecode.
    this.#getPath(['debug', 'traceback']);
    this.#frame.nil();
    this.#setPath(['debug']);
    this.#setPath(['debug', 'traceback']);
    for (const path of [['dofile'], ['loadfile'], ['warn'], ['string', 'dump']]) {
      this.#frame.nil();
      this.#setPath(path);
    }
    x.lua_settop(l, 0);
  }

  #prelude(): void {
    const { callMs } = this.limits;
    this.limits.callMs = START_MS;
    this.#natives = this.#guard();
    const slow = this.load('=[sandbox]', SLOW);
    if (!slow.ok || slow.ref === undefined) throw new Error(`cannot start lua vm ${this.name}: slow.ts`);
    for (const name of ['insert', 'remove', 'move', 'concat', 'sort', 'unpack', 'gsub', 'gmatch'])
      this.#slow.set(name, this.field(slow.ref, name)!);
    this.#bindHost();
    for (const source of [PRELUDE, BIT32]) {
      const done = this.load('=[sandbox]', source);
      if (!done.ok) throw new Error(`cannot start lua vm ${this.name}: ${done.message}`);
    }
    this.#bindCount();
    this.limits.callMs = callMs;
  }

  #guard(known?: readonly number[]): number[] {
    return guardNatives(
      {
        me: this.#me,
        frame: this.#frame,
        tick: (l) => {
          if (performance.now() > this.#deadline) this.#expire(l, 1);
        },
        raise: (l, message) => this.#raise(l, message, 1),
        get: (path) => this.#getPath(path),
        set: (path) => this.#setPath(path),
        slow: (l, name) => this.#callSlow(l, name),
      },
      known,
    );
  }
  #bindHost(): void {
    for (const [name, fn] of Object.entries(osFunctions(this.#options.hooks))) this.bind(`__host.${name}`, fn);
    if (this.#unbound.has('collectgarbage')) this.#bindCount();
  }
  #bindCount(): void {
    this.bind('collectgarbage', ([option]) => {
      if (option === 'count') return [this.memoryUsed() / 1024];
      return [option === 'step' || option === 'isrunning' ? true : 0];
    });
  }

  /** Hands the running C function's arguments to a function of slow.ts. */
  #callSlow(l: number, name: string): number {
    const x = this.#x;
    const args = x.lua_gettop(l);
    if (x.lua_checkstack(l, 8) === 0) return this.#raise(l, 'stack overflow', 1);
    x.lua_rawgeti(l, REGISTRY, BigInt(this.#slow.get(name)!));
    x.lua_rotate(l, 1, 1);
    x.lua_callk(l, args, MULTIPLE, 0, 0);
    return x.lua_gettop(l);
  }

  bind(path: string, fn: HostFunction): void {
    this.bindFast(path, (frame) => {
      const args: LuaValue[] = [];
      for (let i = 0; i < frame.count; i++) args.push(frame.valueAt(i));
      const results = fn(args);
      if (results instanceof HostError) return results;
      for (const result of results) frame.value(result);
      return undefined;
    });
  }

  bindFast(path: string, fn: FastFunction): void {
    const slot = this.#unbound.get(path);
    if (slot !== undefined) {
      this.#unbound.delete(path);
      this.#slots[slot] = this.#native(path, fn, 1);
      return;
    }
    this.#inside(() => {
      this.#pushFunction(path, fn, 1);
      this.#setPath(pathOf(path));
    });
  }

  bindRecord(path: string, fields: readonly string[], fill: FastFunction): void {
    const source = recordSource(fields);
    this.#inside(() => {
      this.#pushFunction(path, fill, 2);
      this.#setPath(['__raw']);
    });
    const made = this.load('=[host]', source);
    if (!made.ok || made.ref === undefined) return;
    const { ref } = made;
    this.#inside(() => {
      this.#frame.ref(ref);
      this.#setPath(pathOf(path));
    });
    this.release(ref);
  }

  /** `level`: whose position an error carries, 1 for the caller of the function itself. */
  #pushFunction(path: string, fn: FastFunction, level: number): void {
    const id = this.#slots.length;
    const page = Math.floor(id / SLOTS_PER_PAGE);
    if (page === this.#pages.length) this.#page(page);
    this.#paths.push(path);
    this.#slots.push(this.#native(path, fn, level));
    this.#x.lua_pushcclosure(this.#frame.l, this.#pages[page]! + (id % SLOTS_PER_PAGE), 0);
  }

  #page(page: number): void {
    const first = page * SLOTS_PER_PAGE;
    const call = (l: number, which: number): number => this.#slots[first + which]!(l);
    this.#pages.push(install(this.#x.__indirect_function_table, SLOTS_PER_PAGE, call));
  }

  #native(path: string, fn: FastFunction, level: number): CFunction {
    const frame = this.#frame;
    return (l) => {
      const before = frame.l;
      frame.l = l;
      frame.budget = this.limits.valueBytes;
      const args = frame.count;
      let failed: string;
      try {
        const result = fn(frame);
        if (!(result instanceof HostError)) return frame.count - args;
        failed = result.message;
      } catch (e) {
        if (e instanceof BorderError) failed = e.message;
        else if (isFatal(e)) throw e;
        else failed = `bug in ${path}: ${e instanceof Error ? e.message : String(e)}`;
      } finally {
        frame.l = before;
      }
      return this.#raise(l, failed, level);
    };
  }

  /** Raises an error of the script with the position of the function at `level`. */
  #raise(l: number, message: string, level: number): number {
    const frame = this.#frame;
    const before = frame.l;
    frame.l = l;
    frame.budget = this.limits.valueBytes;
    this.#x.luaL_where(l, level);
    frame.string(message.slice(0, 2000));
    frame.l = before;
    this.#x.lua_concat(l, 2);
    return this.#x.lua_error(l);
  }

  setGlobal(name: string, value: LuaValue): void {
    this.#inside(() => {
      this.#frame.value(value);
      this.#setPath([name]);
    });
  }

  keep(value: LuaValue): Ref {
    let ref = 0;
    this.#inside((l) => {
      this.#frame.value(value);
      ref = this.#x.luaL_ref(l, REGISTRY);
    });
    return ref as Ref;
  }

  load(chunk: string, source: string, env?: Ref): CallResult & { ref?: Ref } {
    let ref: Ref | undefined;
    const result = this.#guarded((l) => {
      const x = this.#x;
      const handler = this.#pushHandler();
      const name = Buffer.from(/^[@=]/.test(chunk) ? chunk : `@${chunk}`);
      const text = Buffer.from(source);
      const status = this.#frame.withBytes(Buffer.concat([text, Buffer.of(0), name, Buffer.of(0, 116, 0)]), (at) => {
        const nameAt = at + text.length + 1;
        return x.luaL_loadbufferx(l, at, text.length, nameAt, nameAt + name.length + 1);
      });
      if (status !== 0) return this.#failed(status, '');
      if (env !== undefined) {
        this.#frame.ref(env);
        x.lua_setupvalue(l, -2, 1);
      }
      const ran = x.lua_pcallk(l, 0, MULTIPLE, handler, 0, 0);
      if (ran !== 0) return this.#failed(ran, this.#traceback);
      const type = x.lua_type(l, handler + 1);
      if (type !== T_TABLE && type !== T_FUNCTION) return this.#results(handler);
      x.lua_pushvalue(l, handler + 1);
      ref = x.luaL_ref(l, REGISTRY) as Ref;
      this.#frame.nil();
      x.lua_copy(l, -1, handler + 1);
      x.lua_settop(l, -2);
      return this.#results(handler);
    });
    return ref === undefined ? result : { ...result, ref };
  }

  field(ref: Ref, path: string): Ref | undefined {
    let found: Ref | undefined;
    this.#inside((l) => {
      this.#frame.ref(ref);
      for (const name of pathOf(path)) {
        if (this.#x.lua_type(l, -1) !== T_TABLE) return;
        this.#frame.string(name);
        this.#x.lua_rawget(l, -2);
      }
      const type = this.#x.lua_type(l, -1);
      if (type === T_TABLE || type === T_FUNCTION) found = this.#x.luaL_ref(l, REGISTRY) as Ref;
    });
    return found;
  }

  read(ref: Ref): LuaValue {
    let value: LuaValue;
    this.#inside((l) => {
      this.#frame.ref(ref);
      value = this.#frame.read(this.#x.lua_gettop(l));
    });
    return value;
  }

  call(fn: Ref, args: LuaValue[]): CallResult {
    return this.#guarded((l) => {
      const handler = this.#pushHandler();
      this.#frame.ref(fn);
      for (const arg of args) this.#frame.value(arg);
      const status = this.#x.lua_pcallk(l, args.length, MULTIPLE, handler, 0, 0);
      return status === 0 ? this.#results(handler) : this.#failed(status, this.#traceback);
    });
  }

  run(fn: Ref, push?: (to: Writer) => void, nowMs?: number): Failure | undefined {
    this.#running = fn;
    this.#push = push;
    return this.#guarded(this.#runBody, nowMs);
  }
  #running = 0 as Ref;
  #push: ((to: Writer) => void) | undefined;
  readonly #runBody = (l: number): Failure | undefined => {
    const handler = this.#pushHandler();
    const frame = this.#frame;
    frame.ref(this.#running);
    this.#push?.(frame);
    const status = this.#x.lua_pcallk(l, frame.count - handler - 1, 0, handler, 0, 0);
    return status === 0 ? undefined : this.#failed(status, this.#traceback);
  };

  release(ref: Ref): void {
    if (this.#usable) this.#x.luaL_unref(this.#frame.l, REGISTRY, ref);
  }

  collect(): void {
    this.#inside((l) => {
      this.#x.lua_pushcclosure(l, this.#count, 0);
      this.#frame.string('collect');
      this.#x.lua_callk(l, 1, 0, 0, 0);
    });
  }

  memoryUsed(): number {
    if (!this.#usable) return 0;
    const x = this.#x;
    const { l } = this.#frame;
    x.lua_checkstack(l, 4);
    x.lua_pushcclosure(l, this.#count, 0);
    this.#frame.ref(this.#countWord);
    x.lua_callk(l, 1, 1, 0, 0);
    const kilobytes = x.lua_tonumberx(l, -1, 0);
    x.lua_settop(l, -2);
    return Math.round(kilobytes * 1024);
  }

  close(): void {
    this.#usable = false;
  }

  /** Runs `body` with deadline and heartbeat when it is the outermost; turns whatever ends the VM into a Failure. */
  #guarded<T>(body: (l: number) => T, nowMs = performance.now()): T | Failure {
    if (!this.#usable) return { ok: false, fault: 'aborted', message: 'the vm has ended' };
    const frame = this.#frame;
    const outermost = this.#depth++ === 0;
    if (outermost) {
      // An error that jumped over a frame of ours may have left another thread there.
      frame.l = this.#l;
      this.#lastLook = nowMs;
      this.#deadline = nowMs + this.limits.callMs;
      this.#refusedBefore = this.#me.refused;
      this.#options.pulse?.enter();
    }
    const { l } = frame;
    const top = frame.count;
    frame.begin(l, this.limits.valueBytes);
    try {
      const result = body(l);
      if (this.#usable) frame.cut(top);
      return result;
    } catch (e) {
      if (e instanceof BorderError) {
        frame.l = l;
        frame.cut(top);
        return { ok: false, fault: 'error', message: e.message };
      }
      if (!outermost) throw e;
      this.#usable = false;
      return this.#faultOf(e);
    } finally {
      this.#depth--;
      if (outermost) {
        this.#options.pulse?.leave();
        this.#deadline = Number.POSITIVE_INFINITY;
        if (this.#often && this.#usable) this.#lookOften(l, false);
      }
    }
  }
  #inside(body: (l: number) => void): void {
    this.#guarded(body);
  }

  #faultOf(e: unknown): Failure {
    if (e instanceof DeadlineError) {
      return { ok: false, fault: 'time', message: e.message, traceback: this.#traceback };
    }
    if (e instanceof AllowanceError || this.#me.refused > this.#refusedBefore) return this.#memoryFault();
    if (e instanceof RangeError) return { ok: false, fault: 'stack', message: 'stack overflow' };
    return { ok: false, fault: 'aborted', message: e instanceof Error ? e.message : String(e) };
  }
  #memoryFault(): Failure {
    const message = `not enough memory (allowance ${this.limits.memoryBytes} bytes)`;
    return { ok: false, fault: 'memory', message };
  }

  /** The error value on top of the stack as a Failure. */
  #failed(status: number, traceback: string): Failure {
    if (status === ERRMEM) {
      this.#usable = false;
      return this.#memoryFault();
    }
    const message = this.#frame.textAt(this.#frame.count, MAX_MESSAGE);
    const fault = /stack overflow|^error in error handling/.test(message) ? 'stack' : 'error';
    if (fault === 'stack') this.#usable = false;
    return { ok: false, fault, message, ...(traceback && { traceback }) };
  }

  #results(handler: number): CallResult {
    const values: LuaValue[] = [];
    const top = this.#frame.count;
    for (let i = handler + 1; i <= top; i++) values.push(this.#frame.readResult(i));
    return { ok: true, values };
  }

  #pushHandler(): number {
    this.#traceback = '';
    this.#frame.cfunction(this.#handler);
    return this.#frame.count;
  }

  /** Message handler of every call: text, position where the error value has none, traceback. */
  #onError(l: number): number {
    const x = this.#x;
    const frame = this.#frame;
    const before = frame.l;
    frame.l = l;
    const type = x.lua_type(l, 1);
    if (type !== T_STRING && type !== T_NUMBER) {
      x.luaL_tolstring(l, 1, 0);
      for (let level = 1; level <= 3; level++) {
        x.luaL_where(l, level);
        if (frame.textAt(frame.count, 1) !== '') break;
        x.lua_settop(l, -2);
      }
      if (frame.count === 3) x.lua_rotate(l, -2, 1);
      x.lua_concat(l, frame.count - 1);
    }
    x.luaL_traceback(l, l, 0, 1);
    this.#traceback = frame.textAt(frame.count, MAX_MESSAGE);
    x.lua_settop(l, -2);
    frame.l = before;
    return 1;
  }

  #onHook(l: number): void {
    const now = performance.now();
    if (now > this.#deadline) this.#expire(l, 0);
    if (now - this.#lastLook > SLOW_MS && !this.#often) this.#lookOften(l, true);
    this.#lastLook = now;
  }
  #lookOften(l: number, often: boolean): void {
    this.#often = often;
    this.#x.lua_sethook(l, this.#hook, MASK_COUNT, often ? HOOK_OFTEN : HOOK_EVERY);
  }

  /** Ends the VM: what is thrown here is caught by nothing inside the module. `level`: of the script's function. */
  #expire(l: number, level: number): never {
    const frame = this.#frame;
    let where = '';
    try {
      frame.l = l;
      for (let at = level; at < level + WHERE_LEVELS; at++) {
        this.#x.luaL_where(l, at);
        const found = frame.textAt(frame.count, MAX_MESSAGE);
        if (found !== '') where = found;
        // Our own Lua (prelude, slow.ts) is not the script's line.
        if (found !== '' && !found.startsWith('[sandbox]')) break;
      }
      this.#x.luaL_traceback(l, l, 0, level);
      this.#traceback = frame.textAt(frame.count, MAX_MESSAGE);
    } catch {
      // No memory to say where: the deadline counts.
    }
    throw new DeadlineError(`${where}call took longer than ${this.limits.callMs} ms`);
  }

  #onRefused(): void {
    if (performance.now() > this.#deadline) throw new DeadlineError(`call took longer than ${this.limits.callMs} ms`);
    if (this.#me.refused - this.#refusedBefore > MAX_REFUSED) throw new AllowanceError();
  }

  /** Pops the value on top into a path of globals; tables on the way are made. */
  #setPath(path: string[]): void {
    const x = this.#x;
    const frame = this.#frame;
    const { l } = frame;
    x.lua_checkstack(l, 8);
    x.lua_rawgeti(l, REGISTRY, GLOBALS);
    for (const name of path.slice(0, -1)) {
      frame.string(name);
      if (x.lua_rawget(l, -2) !== T_TABLE) {
        x.lua_settop(l, -2);
        x.lua_createtable(l, 0, 0);
        frame.string(name);
        x.lua_pushvalue(l, -2);
        x.lua_rawset(l, -4);
      }
      x.lua_rotate(l, -2, -1);
      x.lua_settop(l, -2);
    }
    frame.string(path.at(-1)!);
    x.lua_rotate(l, -3, -1);
    x.lua_rawset(l, -3);
    x.lua_settop(l, -2);
  }

  /** Pushes what a path of globals designates, nil when there is nothing. */
  #getPath(path: string[]): void {
    const x = this.#x;
    const { l } = this.#frame;
    x.lua_checkstack(l, 8);
    x.lua_rawgeti(l, REGISTRY, GLOBALS);
    for (const name of path) {
      this.#frame.string(name);
      if (x.lua_type(l, -2) === T_TABLE) x.lua_rawget(l, -2);
      else {
        x.lua_settop(l, -2);
        this.#frame.nil();
      }
      x.lua_rotate(l, -2, -1);
      x.lua_settop(l, -2);
    }
  }
}

/** What passes through host functions untouched: Lua's own errors (a number) and whatever ends the VM. */
const isFatal = (e: unknown): boolean =>
  typeof e === 'number' ||
  e instanceof DeadlineError ||
  e instanceof AllowanceError ||
  e instanceof ModuleAbort ||
  e instanceof WebAssembly.RuntimeError ||
  (e instanceof RangeError && e.message.includes('call stack'));
