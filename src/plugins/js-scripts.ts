/**
 * Scripts written in JavaScript: user_scripts/<kind>/<name>.js of a plugin run in a QuickJS VM beside the plugin's Lua VM, which
 * keeps manifest, texts and definitions. Same hooks, API names and limits; what 4.2 has as Lua modules is reached by path.
 */
import {
  type CallResult,
  type Frame,
  type HostFunction,
  type LuaValue,
  luaError,
  type Ref,
  type Vm,
} from '../sandbox/index.ts';
import { bindEntities } from './api-entities.ts';
import { type Binder, bindFlow } from './api-flow.ts';
import { bindNtop } from './api-ntop.ts';
import { bindOwn } from './api-own.ts';
import { JS_SCRIPT_PRELUDE } from './js-prelude.ts';
import { categoryName, flowProtocolName, l4Name, protocolName } from './ndpi.ts';
import type { Plugin } from './plugin.ts';
import type { House } from './runtime.ts';
import type { PluginSource } from './scan.ts';
import { str } from './script-info.ts';
import type { FlowView } from './snapshot.ts';

/** Whether a plugin has scripts in JavaScript. */
export function hasJs(source: PluginSource): boolean {
  for (const file of source.files.keys()) if (file.startsWith('user_scripts/') && file.endsWith('.js')) return true;
  return false;
}

const GONE: CallResult = { ok: false, fault: 'aborted', message: 'the VM is gone' };

/** Values of flow.getInfo, in the order in which `info` writes them. */
const INFO_FIELDS = [
  'cli.ip',
  'srv.ip',
  'cli.port',
  'srv.port',
  'cli.localhost',
  'srv.localhost',
  'duration',
  'proto.l4',
  'proto.ndpi',
  'proto.ndpi_app',
  'proto.ndpi_cat',
  'cli2srv.bytes',
  'srv2cli.bytes',
  'cli2srv.packets',
  'srv2cli.packets',
  'info',
];

function fillInfo(frame: Frame, v: FlowView): undefined {
  if (!v.live) return;
  frame.string(v.clientIp);
  frame.string(v.serverIp);
  frame.number(v.clientPort);
  frame.number(v.serverPort);
  frame.boolean(v.clientLocal);
  frame.boolean(v.serverLocal);
  frame.number(Math.floor((v.lastMs - v.firstMs) / 1000));
  frame.string(l4Name(v.proto));
  frame.string(flowProtocolName(v.master, v.app));
  frame.string(protocolName(v.app || v.master));
  frame.string(categoryName(v.category));
  frame.number(v.c2sBytes);
  frame.number(v.s2cBytes);
  frame.number(v.c2sPackets);
  frame.number(v.s2cPackets);
  if (v.infoText !== '') frame.string(v.infoText);
}

/** The JavaScript half of a plugin. */
export class JsScripts {
  readonly vm: Vm;
  readonly #api: Ref;
  readonly #calls = new Map<string, Ref>();
  /** What the entity of the current periodic call is; given to `begin`. */
  begun: LuaValue[] = [];

  /** Throws when the VM cannot be started. */
  constructor(house: House, plugin: Plugin, vm: Vm) {
    this.vm = vm;
    const { room } = house;
    const tables: { [table: string]: Binder } = {
      ...bindEntities(vm, room),
      ntop: bindNtop(vm, room, plugin.key, (level, line) => plugin.log(level, line)),
      spanwatch: bindOwn(vm, room),
      flow: bindFlow(vm, room, { status: () => false }),
    };
    /** A call into the plugin's Lua VM; its error becomes one of the script. */
    const intoLua = (name: string, args: LuaValue[]): LuaValue[] | ReturnType<typeof luaError> => {
      const result = plugin.call(name, args);
      return result.ok ? result.values : luaError(result.message);
    };
    const functions: { [name: string]: HostFunction } = {
      bind: ([table, name]) => {
        if (str(table) === 'flow' && str(name) === 'getInfo') {
          vm.bindRecord('flow.getInfo', INFO_FIELDS, (frame) => fillInfo(frame, room.view));
          return [true];
        }
        return [tables[str(table)]?.(str(name)) === true];
      },
      lua: ([path, args, count]) => intoLua('reach', [path, args, count]),
      trigger: (args) => intoLua('trigger', args),
      source: ([name]) => [plugin.source.files.get(`modules/${str(name)}.js`)],
      begun: () => [this.begun],
      enter: ([index]) => intoLua('enter', [index]),
    };
    for (const [name, fn] of Object.entries(functions)) vm.bind(`__sys.${name}`, fn);
    const loaded = vm.load('prelude.js', JS_SCRIPT_PRELUDE);
    if (!loaded.ok || loaded.ref === undefined)
      throw new Error(`the JavaScript prelude failed: ${loaded.ok ? 'no result' : loaded.message}`);
    this.#api = loaded.ref;
  }

  /** Runs a script file; the answer is what it tells of itself, for the plugin's Lua VM to judge. */
  load(index: number, file: string, text: string): CallResult {
    const loaded = this.vm.load(file, text);
    if (!loaded.ok || loaded.ref === undefined) return loaded;
    const fn = this.#fn('keep');
    if (fn === undefined) return GONE;
    const { ref } = loaded;
    const failure = this.vm.run(fn, (to) => {
      to.number(index);
      to.ref(ref);
    });
    this.vm.release(ref);
    return failure ?? this.call('told', [index]);
  }

  #fn(name: string): Ref | undefined {
    let fn = this.#calls.get(name);
    if (fn === undefined && (fn = this.vm.field(this.#api, name)) !== undefined) this.#calls.set(name, fn);
    return fn;
  }

  call(name: string, args: LuaValue[]): CallResult {
    const fn = this.vm.usable ? this.#fn(name) : undefined;
    return fn === undefined ? GONE : this.vm.call(fn, args);
  }

  entry(name: string): Ref | undefined {
    return this.vm.field(this.#api, `entries.${name}`);
  }
}
