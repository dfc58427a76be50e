/**
 * The engines inside QuickJS: `fengari` (Lua in JavaScript) and `quickjs` (plugins in JavaScript) differ only in the bridge
 * that is evaluated first. After a fault the whole instance is dropped, never disposed: QuickJS aborts when it is.
 */
import { fengariBundle } from '../assets.ts';
import { BorderError, pathOf } from '../border.ts';
import { osFunctions } from '../os.ts';
import { PRELUDE } from '../prelude.ts';
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
import { type PreparedQuickJs, prepareQuickJs, type QuickEngine, type QuickJSHandle, startQuickJs } from './engine.ts';
import { ArrayFrame } from './frame.ts';
import { JS_BRIDGE, JS_PRELUDE } from './js-bridge.ts';
import { decode, encode, parseReply } from './wire.ts';

const START_MS = 20_000;
/** fengari recurses on the JavaScript stack; plugins in JavaScript should not, and each overflow costs a trace of it. */
const STACK_BYTES = { fengari: 400 << 10, quickjs: 128 << 10 };

export interface PreparedVm {
  bundle: string;
  quick: PreparedQuickJs;
}

/** Ends the VM: thrown through our own frames only. */
class EndOfVm extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}

export class QuickVm implements Vm {
  readonly engine: 'fengari' | 'quickjs';
  readonly name: string;
  readonly limits: VmLimits;
  readonly #options: VmOptions;
  #quick: QuickEngine | undefined;
  #bridge = new Map<string, QuickJSHandle>();
  #functions: FastFunction[] = [];
  #paths: string[] = [];
  #depth = 0;
  #deadline = Number.POSITIVE_INFINITY;
  #outOfMemory = false;

  private constructor(engine: 'fengari' | 'quickjs', options: VmOptions) {
    this.engine = engine;
    this.name = options.name;
    this.#options = options;
    this.limits = { ...DEFAULT_LIMITS, ...options.limits };
  }

  /** Rejects when the engine cannot start. */
  static async open(engine: 'fengari' | 'quickjs', options: VmOptions): Promise<QuickVm> {
    return QuickVm.openPrepared(engine, options, await QuickVm.prepare(engine, options.limits?.memoryBytes));
  }

  /** What a VM of this allowance needs and must be waited for. Rejects when it cannot be loaded. */
  static async prepare(engine: 'fengari' | 'quickjs', memoryBytes = DEFAULT_LIMITS.memoryBytes): Promise<PreparedVm> {
    const bundle = engine === 'fengari' ? await fengariBundle() : JS_BRIDGE;
    return { bundle, quick: await prepareQuickJs(memoryBytes) };
  }

  /** Opens a VM without waiting; the allowance is the one it was prepared with. Throws when the engine cannot start. */
  static openPrepared(engine: 'fengari' | 'quickjs', options: VmOptions, prepared: PreparedVm): QuickVm {
    const vm = new QuickVm(engine, options);
    const interrupted = () => vm.#outOfMemory || performance.now() > vm.#deadline;
    vm.#quick = startQuickJs(prepared.quick, STACK_BYTES[engine], interrupted);
    vm.#start(prepared.bundle);
    return vm;
  }

  get usable(): boolean {
    return this.#quick !== undefined;
  }

  #start(bundle: string): void {
    const { callMs } = this.limits;
    this.limits.callMs = START_MS;
    const started = this.#guarded((quick) => {
      const { context } = quick;
      const host = context.newFunction('__host', (id, args) =>
        context.newString(this.#hostCall(context.getNumber(id), context.getString(args))),
      );
      context.setProp(context.global, '__host', host);
      const memory = context.newFunction('__memory', () => {
        this.#outOfMemory = true;
        return context.undefined;
      });
      context.setProp(context.global, '__memory', memory);
      context.setProp(context.global, '__valueBytes', context.newNumber(this.limits.valueBytes));
      this.#value(context.evalCode(bundle, 'bridge.js'));
      const bridge = context.getProp(context.global, '__bridge');
      const names = [
        'load',
        'runModule',
        'call',
        'field',
        'read',
        'keep',
        'release',
        'bind',
        'bindRecord',
        'set',
        'describe',
      ];
      for (const name of names) this.#bridge.set(name, context.getProp(bridge, name));
      for (const name of ['__host', '__memory', '__valueBytes', '__bridge'])
        context.setProp(context.global, name, context.undefined);
      return { ok: true, values: [] };
    });
    if (started.ok) this.#prelude();
    this.limits.callMs = callMs;
    if (!started.ok) throw new Error(`cannot start ${this.engine} vm ${this.name}: ${started.message}`);
  }

  #prelude(): void {
    const { hooks } = this.#options;
    let done: CallResult;
    if (this.engine === 'fengari') {
      for (const [name, fn] of Object.entries(osFunctions(hooks))) this.bind(`__host.${name}`, fn);
      done = this.load('=[sandbox]', PRELUDE);
      this.bind('collectgarbage', ([option]) => {
        if (option === 'count') return [(this.#quick?.memory.buffer.byteLength ?? 0) / 1024];
        return [option === 'step' || option === 'isrunning' ? true : 0];
      });
    } else {
      this.bind('__os.write', ([text]) => {
        if (typeof text === 'string') hooks?.write?.(text);
        return [];
      });
      this.bind('__os.now', () => [(hooks?.nowMs ?? Date.now)()]);
      done = this.load('prelude.js', JS_PRELUDE);
    }
    if (!done.ok) throw new Error(`cannot start ${this.engine} vm ${this.name}: ${done.message}`);
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
    const id = this.#keepFunction(path, fn);
    this.#guarded((quick) => this.#done(quick, 'bind', path, id, 1));
  }
  bindRecord(path: string, fields: readonly string[], fill: FastFunction): void {
    const id = this.#keepFunction(path, fill);
    this.#guarded((quick) => this.#done(quick, 'bindRecord', path, JSON.stringify(fields), id));
  }
  #keepFunction(path: string, fn: FastFunction): number {
    this.#paths.push(path);
    return this.#functions.push(fn) - 1;
  }

  /** What a script called: JSON in, JSON or "!" and an error out. Nothing is thrown into QuickJS. */
  #hostCall(id: number, json: string): string {
    const fn = this.#functions[id];
    if (!fn) return '!no such function';
    try {
      const frame = new ArrayFrame(decode(json));
      const result = fn(frame);
      if (result instanceof HostError) return `!${result.message.slice(0, 2000)}`;
      return encode(frame.out);
    } catch (e) {
      if (e instanceof BorderError) return `!${e.message}`;
      return `!bug in ${this.#paths[id]}: ${e instanceof Error ? e.message : String(e)}`;
    }
  }

  setGlobal(name: string, value: LuaValue): void {
    this.#guarded((quick) => this.#done(quick, 'set', name, encode([value])));
  }
  keep(value: LuaValue): Ref {
    let ref = 0;
    this.#guarded((quick) => {
      ref = quick.context.getNumber(this.#invoke(quick, 'keep', encode([value])));
      return { ok: true, values: [] };
    });
    return ref as Ref;
  }
  load(chunk: string, source: string, env?: Ref): CallResult & { ref?: Ref } {
    return this.#guarded((quick) => {
      if (this.engine === 'fengari') return this.#reply(quick, 'load', chunk, source, env ?? 0);
      const { context } = quick;
      // One line before the author's first: the numbers in errors stay right.
      const wrapped = `(function (module, exports, env) { ${source}\n})`;
      const compiled = context.evalCode(wrapped, chunk);
      if (compiled.error) {
        this.#checkFatal(quick, compiled.error);
        return this.#reply(quick, 'describe', compiled.error);
      }
      const result = this.#reply(quick, 'runModule', compiled.value, env ?? 0);
      compiled.value.dispose();
      return result;
    });
  }
  field(ref: Ref, path: string): Ref | undefined {
    let found = 0;
    this.#guarded((quick) => {
      found = quick.context.getNumber(this.#invoke(quick, 'field', ref, JSON.stringify(pathOf(path))));
      return { ok: true, values: [] };
    });
    return found > 0 ? (found as Ref) : undefined;
  }
  read(ref: Ref): LuaValue {
    const result = this.#guarded((quick) => this.#reply(quick, 'read', ref));
    return result.ok ? result.values[0] : undefined;
  }
  call(fn: Ref, args: LuaValue[]): CallResult {
    return this.#guarded((quick) => this.#reply(quick, 'call', fn, encode(args), false));
  }
  run(fn: Ref, push?: (to: Writer) => void): Failure | undefined {
    const frame = new ArrayFrame();
    push?.(frame);
    const result = this.#guarded((quick) => this.#reply(quick, 'call', fn, encode(frame.out), true));
    return result.ok ? undefined : result;
  }
  release(ref: Ref): void {
    this.#guarded((quick) => this.#done(quick, 'release', ref));
  }
  collect(): void {}

  memoryUsed(): number {
    if (!this.#quick) return 0;
    const usage = this.#quick.runtime.computeMemoryUsage();
    const used = this.#quick.context.dump(usage) as { memory_used_size?: number };
    usage.dispose();
    return used.memory_used_size ?? this.#quick.memory.buffer.byteLength;
  }
  close(): void {
    this.#drop();
  }
  #drop(): void {
    this.#quick = undefined;
    this.#bridge.clear();
  }

  /** Deadline and heartbeat around the outermost call; whatever ends the VM becomes a Failure. */
  #guarded(body: (quick: QuickEngine) => CallResult & { ref?: Ref }): CallResult & { ref?: Ref } {
    const quick = this.#quick;
    if (!quick) return { ok: false, fault: 'aborted', message: 'the vm has ended' };
    const outermost = this.#depth++ === 0;
    if (outermost) {
      this.#deadline = performance.now() + this.limits.callMs;
      this.#options.pulse?.enter();
    }
    try {
      const result = body(quick);
      if (!result.ok && result.fault !== 'error') this.#drop();
      return result;
    } catch (e) {
      this.#drop();
      if (e instanceof EndOfVm) return e.failure;
      if (e instanceof RangeError) return { ok: false, fault: 'stack', message: 'stack overflow' };
      return { ok: false, fault: 'aborted', message: e instanceof Error ? e.message : String(e) };
    } finally {
      this.#depth--;
      if (outermost) {
        this.#options.pulse?.leave();
        this.#deadline = Number.POSITIVE_INFINITY;
      }
    }
  }

  #invoke(quick: QuickEngine, name: string, ...args: (string | number | boolean | QuickJSHandle)[]): QuickJSHandle {
    const { context } = quick;
    const made: QuickJSHandle[] = [];
    const handles = args.map((arg) => {
      if (typeof arg === 'boolean') return arg ? context.true : context.false;
      if (typeof arg === 'object') return arg;
      const handle = typeof arg === 'string' ? context.newString(arg) : context.newNumber(arg);
      made.push(handle);
      return handle;
    });
    const value = this.#value(context.callFunction(this.#bridge.get(name)!, context.undefined, ...handles));
    for (const handle of made) handle.dispose();
    return value;
  }
  #value(result: { value: QuickJSHandle; error?: undefined } | { error: QuickJSHandle }): QuickJSHandle {
    if (result.error === undefined) return result.value;
    const quick = this.#quick;
    if (!quick) throw new EndOfVm({ ok: false, fault: 'aborted', message: 'the vm ended in a call from inside it' });
    this.#checkFatal(quick, result.error);
    const { message } = quick.context.dump(result.error) as { message?: string };
    throw new EndOfVm({ ok: false, fault: 'aborted', message: `bug in the bridge: ${message}` });
  }
  /** Throws when the error is one that no script may survive. */
  #checkFatal(quick: QuickEngine, error: QuickJSHandle): void {
    const { callMs } = this.limits;
    const dumped = quick.context.dump(error) as { name?: string; message?: string } | null;
    const text = `${dumped?.name}: ${dumped?.message}`;
    if (this.#outOfMemory || dumped === null || text.includes('out of memory')) throw new EndOfVm(this.#memoryFault());
    if (text === 'InternalError: interrupted')
      throw new EndOfVm({ ok: false, fault: 'time', message: `call took longer than ${callMs} ms` });
    if (text === 'InternalError: stack overflow')
      throw new EndOfVm({ ok: false, fault: 'stack', message: 'stack overflow' });
  }

  #memoryFault(): Failure {
    return { ok: false, fault: 'memory', message: `not enough memory (allowance ${this.limits.memoryBytes} bytes)` };
  }

  #reply(
    quick: QuickEngine,
    name: string,
    ...args: (string | number | boolean | QuickJSHandle)[]
  ): CallResult & { ref?: Ref } {
    const handle = this.#invoke(quick, name, ...args);
    const json = quick.context.getString(handle);
    handle.dispose();
    const reply = parseReply(json);
    // Without memory even the report of the error may fail.
    const full = quick.memory.buffer.byteLength === quick.maximumBytes;
    const lost = !reply.ok && /^(undefined|null|error in error handling)/.test(reply.message);
    return this.#outOfMemory || (full && lost) ? this.#memoryFault() : reply;
  }
  #done(quick: QuickEngine, name: string, ...args: (string | number)[]): CallResult {
    this.#invoke(quick, name, ...args).dispose();
    return { ok: true, values: [] };
  }
}
