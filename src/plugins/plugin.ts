/** One plugin in its VM: manifest, texts, definitions and scripts loaded, hooks attached, errors kept with file and line. */
import type { CallResult, Failure, LuaValue, Ref, Vm } from '../sandbox/index.ts';
import { bindCore } from './api-core.ts';
import { bindEntities } from './api-entities.ts';
import { type Binder, bindFlow } from './api-flow.ts';
import { bindNtop } from './api-ntop.ts';
import { bindOwn } from './api-own.ts';
import { configHooks, DEFAULT_SET_ID, GRANULARITIES, hookConf } from './configsets.ts';
import { faultWords, Governor } from './governor.ts';
import { hasJs, JsScripts } from './js-scripts.ts';
import { Bucket, Meter } from './meter.ts';
import { HOOKED_L4, l4ByScriptName } from './ndpi.ts';
import { permissionsOf } from './permissions.ts';
import type { PoolIndex } from './pools.ts';
import { remember } from './room.ts';
import type { House } from './runtime.ts';
import type { PluginSource } from './scan.ts';
import { CATEGORY_ICONS, fields, list, num, paramsOf, SETUP_WORDS, str, toConf, toGui } from './script-info.ts';
import {
  type ConfigSet,
  type PluginEndpoint,
  type PluginError,
  type PluginInfo,
  type PluginPage,
  POOL_KINDS,
  type ScriptConf,
  type ScriptInfo,
  SUBDIRS,
  type Subdir,
} from './types.ts';

export const PLUGIN_LIMITS = {
  memoryBytes: 16 << 20,
  /** Milliseconds one hook call may take; by the wall clock, so it leaves room for a busy small machine. */
  callMs: 250,
  /** The same on fengari, which is a hundred times slower. */
  slowCallMs: 1500,
  /** Milliseconds one step of loading (a file, a definition, a text) may take; the first one warms the engine up. */
  loadMs: 3000,
  valueBytes: 1 << 20,
  /** Log lines of a plugin: so many at once, so many a second. */
  logBurst: 100,
  logPerSecond: 10,
  /** Alerts of a plugin by the packet clock: above that someone is flooding. */
  alertBurst: 300,
  alertsPerSecond: 10,
  lineLength: 1024,
} as const;

/** Modules that nearly every script asks for: compiled once, in the image that VMs begin with. */
const PREPARED = ['dkjson', 'user_scripts', 'alert_keys', 'flow_keys', 'alert_consts', 'flow_consts', 'alerts_api'];

export const FLOW_HOOKS = ['protocolDetected', 'periodicUpdate', 'flowEnd'] as const;

const HOOK_NAMES: Record<Subdir, readonly string[]> = {
  flow: ['protocolDetected', 'statusChanged', 'flowEnd', 'periodicUpdate'],
  host: GRANULARITIES,
  interface: GRANULARITIES,
  network: GRANULARITIES,
  system: GRANULARITIES,
  syslog: ['handleEvent'],
  snmp_device: ['snmpDevice', 'snmpDeviceInterface'],
};

/** A hook of an enabled script, ready to be called. */
export interface Attached {
  plugin: Plugin;
  script: ScriptInfo;
  /** protocolDetected, min, handleEvent, … */
  hook: string;
  /** The configuration set it was given. */
  set: number;
  /** Its name in the VM. */
  name: string;
  fn: Ref;
  /** The VM that `fn` lives in. */
  vm: Vm;
  prio: number;
  /** Flow hooks: by IP protocol number 1 when wanted. */
  l4: Uint8Array;
  /** -1 = any. */
  l7: number;
  threeWay: boolean;
  /** Only for flows on which a risk is set. */
  risky: boolean;
}

/** What outlives a reload of the same plugin. */
export interface Keep {
  meter: Meter;
  governor: Governor;
  log: Bucket;
  alerts: Bucket;
}
export const newKeep = (): Keep => ({
  meter: new Meter(),
  governor: new Governor(),
  log: new Bucket(PLUGIN_LIMITS.logBurst, PLUGIN_LIMITS.logPerSecond),
  alerts: new Bucket(PLUGIN_LIMITS.alertBurst, PLUGIN_LIMITS.alertsPerSecond),
});

/** "user_scripts/flow/x.lua:3: attempt to …" */
const LOCATION = /(?:^|\s|\.\.\.)([\w./-]+\.(?:lua|js)):(\d+):\s*/;

/** Configuration sets that may apply to a script: those of pools for what pools hold, else the default set. */
function setsFor(script: ScriptInfo, pools: PoolIndex): number[] {
  const kind = POOL_KINDS.find((one) => one === script.subdir);
  return kind === undefined ? [DEFAULT_SET_ID] : pools.setsOf(kind);
}

export class Plugin {
  readonly source: PluginSource;
  readonly keep: Keep;
  readonly errors: PluginError[];
  title = '';
  description = '';
  author = '';
  version = '';
  dependencies: string[] = [];
  disabled = false;
  /** Why the plugin as a whole cannot run; "" when it can. */
  broken = '';
  scripts: ScriptInfo[] = [];
  attached: Attached[] = [];
  endpoints: PluginEndpoint[] = [];
  pages: PluginPage[] = [];
  vm: Vm | undefined;
  /** Its scripts in JavaScript, when it has any. */
  js: JsScripts | undefined;
  /** What the configuration said when the scripts were attached. */
  configured = '';
  /** It took a definition or a module from another plugin, or lost a script's name to one: it depends on who else is there. */
  entangled = false;
  /** Slot in the shared memory by which the watchdog names the culprit; 1 and up. */
  slot = 0;
  #house: House;
  #api: Ref | undefined;
  #calls = new Map<string, Ref>();
  #details: { index: number; prio: number; l4: string; l7: number; threeWay: boolean; risky: boolean }[] = [];
  #line = '';

  constructor(house: House, source: PluginSource, keep: Keep) {
    this.#house = house;
    this.source = source;
    this.keep = keep;
    this.errors = [...source.errors];
  }

  get key(): string {
    return this.source.key;
  }

  /** Takes text of print and io.write; whole lines go to the log. */
  write(text: string): void {
    const parts = (this.#line + text).split('\n');
    this.#line = parts.pop()!.slice(0, PLUGIN_LIMITS.lineLength);
    for (const part of parts.slice(0, 1000)) if (part !== '') this.log('info', part);
    if (parts.length > 1000) this.keep.log.refused += parts.length - 1000;
  }

  /** What was written without a line end stands alone once the call is over. */
  flushLine(): void {
    if (this.#line === '') return;
    const line = this.#line;
    this.#line = '';
    this.log('info', line);
  }

  log(level: 'error' | 'warn' | 'info' | 'debug', text: string): void {
    if (!this.keep.log.take(performance.now())) return;
    this.#house.room.out.log(level, this.key, text.slice(0, PLUGIN_LIMITS.lineLength));
  }

  note(file: string, line: number, message: string): void {
    remember(this.errors, { file, line, message: message.slice(0, 500), atMs: Date.now() });
  }

  /** Keeps a failure with its place and logs it. Returns "file:line". */
  fail(file: string, failure: Failure): string {
    const found = LOCATION.exec(failure.message);
    let where = file;
    let line = 0;
    let message = failure.message;
    if (found) {
      const tail = found[1]!;
      where =
        [...this.source.files.keys()].find((path) => path.endsWith(tail)) ??
        (this.source.files.has(tail) ? tail : file);
      line = Number(found[2]);
      message = message.slice(0, found.index) + message.slice(found.index + found[0].length);
    }
    if (failure.fault !== 'error') message = `${faultWords(failure.fault)}: ${message}`;
    this.note(where, line, message.trim());
    this.log('error', `${where}:${line}: ${message.trim()}`);
    return `${where}:${line}`;
  }

  /** Calls a function of the prelude. */
  call(name: string, args: LuaValue[]): CallResult {
    const vm = this.vm;
    if (!vm?.usable || this.#api === undefined) return { ok: false, fault: 'aborted', message: 'the VM is gone' };
    let fn = this.#calls.get(name);
    if (fn === undefined) {
      fn = vm.field(this.#api, name);
      if (fn === undefined) return { ok: false, fault: 'error', message: `the prelude has no ${name}` };
      this.#calls.set(name, fn);
    }
    const start = performance.now();
    const result = vm.call(fn, args);
    const end = performance.now();
    this.keep.meter.book(end - start, end);
    this.flushLine();
    return result;
  }

  close(): void {
    this.vm?.close();
    this.vm = undefined;
    this.js?.vm.close();
    this.js = undefined;
    this.#api = undefined;
    this.#calls.clear();
    this.attached = [];
  }

  /** Whether a load of this source would give just what is there. */
  isLike(source: PluginSource): boolean {
    if (this.broken !== '' || this.disabled || this.entangled || this.errors.length > 0) return false;
    if (this.keep.governor.state !== 'running' || this.source.path !== source.path) return false;
    if (source.errors.length > 0 || source.files.size !== this.source.files.size) return false;
    for (const [file, text] of source.files) if (this.source.files.get(file) !== text) return false;
    return this.attached.length === 0 || this.vm?.usable === true;
  }

  /** A plugin of which nothing is enabled needs no VM; what it told of itself stays. */
  rest(): void {
    if (this.attached.length === 0 && !this.#house.room.recipients.uses(this.key)) this.close();
  }

  /** First half of loading: VM, manifest, texts. False when the plugin cannot go on; `broken` says why. */
  open(): boolean {
    this.close();
    const house = this.#house;
    const source = this.source.files.get('manifest.lua');
    if (source === undefined) return this.#break('manifest.lua could not be read');
    try {
      const callMs = PLUGIN_LIMITS.loadMs * (house.engine === 'fengari' ? 5 : 1);
      const options = {
        name: this.key,
        limits: { callMs, valueBytes: PLUGIN_LIMITS.valueBytes },
        hooks: { nowMs: () => house.room.nowMs, write: (text: string) => this.write(text) },
        pulse: house.pulse(this.slot),
      };
      const { start } = house;
      const vm = house.vms.open(house.engine, options, start?.image);
      this.vm = vm;
      bindCore(vm, house, this);
      const tables: { [table: string]: Binder } = {
        ...bindEntities(vm, house.room),
        ntop: bindNtop(vm, house.room, this.key, (level, line) => this.log(level, line)),
        spanwatch: bindOwn(vm, house.room),
        flow: bindFlow(vm, house.room, { status: (...a) => house.status(this, ...a) }),
      };
      vm.bind('__sys.bind', ([table, name]) => [tables[str(table)]?.(str(name)) === true]);
      if (start) {
        for (const path of house.vms.unbound(vm)) tables[path.split('.')[0]!]?.(path.slice(path.indexOf('.') + 1));
        this.#api = start.api;
      } else {
        const core = vm.load('core.lua', house.prelude['core']!);
        if (!core.ok || core.ref === undefined)
          return this.#break(`the prelude failed: ${core.ok ? 'no result' : core.message}`);
        this.#api = core.ref;
        if (house.engine === 'wasm') {
          const ready = this.call('prepare', [[...PREPARED]]);
          if (!ready.ok) return this.#break(`the prelude failed: ${ready.message}`);
          vm.collect();
          // Nothing of a plugin ran in it yet: every other one begins here.
          const image = house.vms.image(vm);
          if (image) house.start = { image, api: core.ref };
        }
      }
      if (hasJs(this.source)) this.js = new JsScripts(house, this, house.vms.open('quickjs', options));
    } catch (error) {
      return this.#break(`its VM could not be started: ${error instanceof Error ? error.message : String(error)}`);
    }
    const result = this.call('manifest', ['manifest.lua', source]);
    if (!result.ok) {
      const where = this.fail('manifest.lua', result);
      return this.#break(`error in ${where}: ${this.errors.at(-1)?.message ?? ''}`);
    }
    const manifest = fields(result.values[0]);
    this.title = str(manifest['title']);
    this.description = str(manifest['description']);
    this.author = str(manifest['author']);
    this.version = str(manifest['version']);
    this.disabled = manifest['disabled'] === true;
    this.dependencies = list(manifest['dependencies']).map(str);
    for (const key of ['title', 'description', 'author']) {
      if (str(manifest[key]) === '') return this.#break(`manifest.lua lacks ${key}`);
    }
    if (this.disabled) {
      this.close();
      return false;
    }
    for (const [file, text] of this.#files('locales/')) {
      if (house.locales.isCoreKey(this.key)) {
        return this.#break(`a plugin with texts cannot be called ${this.key}: they would hide the core's of that name`);
      }
      const texts = this.call('locale', [file, text]);
      if (!texts.ok) this.fail(file, texts);
      else if (!house.locales.add(this.key, file.slice('locales/'.length, -4), texts.values[0]))
        this.note(file, 1, 'holds no texts');
    }
    return true;
  }

  #break(reason: string): boolean {
    this.broken = reason;
    if (!this.errors.some((e) => reason.includes(e.message))) this.note('manifest.lua', 0, reason);
    this.close();
    return false;
  }

  *#files(prefix: string, type = /\.lua$/): Generator<[string, string]> {
    for (const [file, text] of this.source.files) {
      if (file.startsWith(prefix) && type.test(file)) yield [file, text];
    }
  }

  /** Second half: definitions and scripts. Each file stands alone: an error in one is noted and the others are loaded. */
  load(): void {
    for (const [folder, name] of [
      ['alert_definitions/', 'alert'],
      ['status_definitions/', 'status'],
    ] as const) {
      for (const [file, text] of this.#files(folder)) {
        const result = this.call(name, [file.slice(folder.length, -4), file, text]);
        if (!result.ok) this.fail(file, result);
        else if (result.values[0] === false) this.log('debug', `${file}: ${str(result.values[1])}`);
      }
    }
    this.scripts = [];
    this.#details = [];
    for (const subdir of SUBDIRS) {
      for (const [file, text] of this.#files(`user_scripts/${subdir}/`, /\.(lua|js)$/)) {
        const key = file.slice(`user_scripts/${subdir}/`.length).replace(/\.\w+$/, '');
        if (!key.includes('/')) this.#script(subdir, key, file, text);
      }
    }
  }

  #script(subdir: Subdir, key: string, file: string, text: string): void {
    const index = this.scripts.length + 1;
    const info: ScriptInfo = {
      key,
      subdir,
      plugin: this.key,
      file,
      title: key,
      description: '',
      category: 'other',
      categoryTitle: '',
      categoryIcon: '',
      hooks: [],
      configHooks: [],
      defaultEnabled: false,
      defaultConf: {},
      gui: null,
      state: 'ok',
      reason: '',
    };
    const detail = { index, prio: 0, l4: '', l7: -1, threeWay: false, risky: false };
    this.scripts.push(info);
    this.#details.push(detail);
    const owner = this.#house.claim(subdir, key, this);
    if (owner !== undefined) {
      this.entangled = true;
      info.state = 'skipped';
      info.reason = `plugin ${owner} has a ${subdir} script of the same name and comes first`;
      this.log('warn', `${file}: ${info.reason}`);
      return;
    }
    let result: CallResult;
    if (file.endsWith('.js')) {
      const told = this.js?.load(index, file, text) ?? { ok: false, fault: 'aborted', message: 'the VM is gone' };
      result = told.ok
        ? this.call('foreign', [index, subdir, key, file, told.values[0], [...HOOK_NAMES[subdir]], this.key])
        : told;
    } else result = this.call('script', [index, subdir, key, file, text, [...HOOK_NAMES[subdir]], this.key]);
    if (!result.ok) {
      const where = this.fail(file, result);
      info.state = 'error';
      info.reason = `${where}: ${this.errors.at(-1)?.message ?? result.message}`;
      return;
    }
    const told = fields(result.values[0]);
    info.hooks = list(told['hooks']).map(str);
    info.configHooks = configHooks(subdir, info.hooks);
    info.category = str(told['category']) || 'other';
    info.categoryTitle = this.#house.text(`user_scripts.category_${info.category}`);
    info.categoryIcon = CATEGORY_ICONS[info.category] ?? '';
    info.defaultEnabled = told['default_enabled'] === true;
    info.defaultConf = toConf(told['default_value']);
    const gui = told['gui'];
    if (typeof gui === 'object' && gui !== null) {
      info.title = str(fields(gui)['title']) || key;
      info.description = str(fields(gui)['description']);
      info.gui = toGui(fields(gui));
    }
    detail.prio = num(told['prio']) ?? 0;
    detail.l4 = str(told['l4_proto']);
    detail.l7 = num(told['l7_proto_id']) ?? -1;
    detail.threeWay = told['three_way'] === true;
    detail.risky = told['risky'] === true;
    const unknown = list(told['unknown']).map(str);
    if (unknown.length > 0) this.log('debug', `${file}: hooks that do not exist: ${unknown.join(', ')}`);
    let skip = SETUP_WORDS[str(told['skip'])] ?? str(told['skip']);
    if (skip === '' && detail.l4 !== '' && l4ByScriptName(detail.l4) === undefined)
      skip = `l4_proto ${detail.l4} is unknown`;
    if (skip === '' && info.hooks.length === 0) skip = 'the script has no hooks';
    if (skip !== '') {
      info.state = 'skipped';
      info.reason = skip;
    }
  }

  /** From now on calls are hooks and have their shorter time. */
  #ready(): void {
    for (const vm of [this.vm, this.js?.vm] as ((Vm & { limits?: { callMs: number } }) | undefined)[]) {
      if (vm?.limits) vm.limits.callMs = vm.engine === 'fengari' ? PLUGIN_LIMITS.slowCallMs : PLUGIN_LIMITS.callMs;
    }
  }

  /** Hooks of a script that a configuration set switches on. */
  #enabled(script: ScriptInfo, set: ConfigSet | undefined): { hook: string; conf: ScriptConf }[] {
    return script.hooks.flatMap((hook) => {
      const conf = hookConf(set, script.subdir, script.key, script.configHooks[0] === 'all' ? 'all' : hook);
      const known = set?.config[script.subdir]?.[script.key] !== undefined;
      const on = known ? conf.enabled : script.defaultEnabled;
      // Syslog scripts run as soon as a producer is mapped to them, whatever the switch says.
      if (!on && script.subdir !== 'syslog') return [];
      return [{ hook, conf: known ? conf.script_conf : script.defaultConf }];
    });
  }

  /** All that the configuration says of this plugin, as text to compare. */
  configurationOf(sets: readonly ConfigSet[], pools: PoolIndex): string {
    const said = this.scripts.map((script) =>
      setsFor(script, pools).map((id) => [id, sets.find((one) => one.id === id)?.config[script.subdir]?.[script.key]]),
    );
    return JSON.stringify(said);
  }

  /** Makes the hooks of enabled scripts callable, in the state that each configuration set in use gives them. */
  attach(sets: readonly ConfigSet[], pools: PoolIndex): void {
    this.attached = [];
    this.configured = this.configurationOf(sets, pools);
    for (const [i, script] of this.scripts.entries()) {
      if (script.state !== 'ok' || this.vm === undefined) continue;
      if (script.subdir === 'snmp_device') {
        script.state = 'skipped';
        script.reason = 'SNMP devices are not asked here: this appliance only listens';
      }
      const detail = this.#details[i]!;
      const enabled = setsFor(script, pools).flatMap((id) => {
        const set = sets.find((one) => one.id === id);
        return this.#enabled(script, set).map((one) => ({ ...one, set: id }));
      });
      if (enabled.length === 0) continue;
      const setup = this.#sideOf(script).call('setup', [detail.index]);
      if (!setup.ok) {
        const where = this.fail(script.file, setup);
        script.state = 'error';
        script.reason = `setup() failed at ${where}`;
        continue;
      }
      if (setup.values[0] !== true) {
        script.state = 'skipped';
        script.reason = SETUP_WORDS[str(setup.values[1])] ?? 'its setup() says that it cannot work here';
        continue;
      }
      if (script.state === 'ok') for (const one of enabled) this.#attachHook(script, detail, one);
    }
    this.#ready();
  }

  #attachHook(
    script: ScriptInfo,
    detail: { index: number; prio: number; l4: string; l7: number; threeWay: boolean; risky: boolean },
    { hook, conf, set }: { hook: string; conf: ScriptConf; set: number },
  ): void {
    const name = `e${detail.index}_${hook}_${set}`;
    const js = script.file.endsWith('.js') ? this.js : undefined;
    const done =
      js?.call('attach', [detail.index, script.subdir, hook, name, conf as LuaValue]) ??
      this.call('attach', [detail.index, hook, name, conf as LuaValue, set]);
    const vm = js?.vm ?? this.vm;
    const own = () => (this.#api === undefined ? undefined : this.vm?.field(this.#api, `entries.${name}`));
    const fn = done.ok ? (js ? js.entry(name) : own()) : undefined;
    if (fn === undefined || vm === undefined) {
      if (!done.ok) this.fail(script.file, done);
      return;
    }
    const l4 = new Uint8Array(256);
    const wanted = detail.l4 === '' ? HOOKED_L4 : [l4ByScriptName(detail.l4)!];
    for (const proto of wanted) l4[proto] = 1;
    this.attached.push({
      plugin: this,
      script,
      hook,
      set,
      name,
      fn,
      vm,
      prio: detail.prio,
      l4,
      l7: detail.l7,
      threeWay: detail.threeWay,
      risky: detail.risky,
    });
  }

  /** Third part: notification back-ends and the menu entries of pages; then what loading left behind is given back. */
  loadExtras(): void {
    this.#loadExtras();
    if (this.vm?.usable) this.vm.collect();
  }
  #loadExtras(): void {
    this.endpoints = [];
    this.pages = [];
    for (const [file, text] of this.#files('alert_endpoints/')) {
      const key = file.slice('alert_endpoints/'.length, -4);
      const result = this.call('endpoint', [key, file, text]);
      if (!result.ok) this.fail(file, result);
      else {
        const told = fields(result.values[0]);
        if (told['available'] !== true || told['builtin'] === true) continue;
        this.endpoints.push({
          key,
          name: str(told['name']) || key,
          conf: paramsOf(told['conf']),
          recipient: paramsOf(told['recipient']),
          seconds: Math.min(3600, Math.max(1, num(told['seconds']) ?? 60)),
        });
      }
    }
    let menu = { label: '', script: '' };
    const menuFile = this.source.files.get('web_gui/menu.lua');
    if (menuFile !== undefined) {
      const result = this.call('menu', ['web_gui/menu.lua', menuFile]);
      if (!result.ok) this.fail('web_gui/menu.lua', result);
      else menu = { label: str(result.values[0]), script: str(result.values[1]) };
    }
    for (const [file] of this.#files('web_gui/')) {
      const name = file.slice('web_gui/'.length);
      if (name !== 'menu.lua') this.pages.push({ file: name, label: name === menu.script ? menu.label : '' });
    }
  }

  /** onLoad, onUnload, onEnable, onDisable or onUpdateConfig of a script, if it has one. */
  event(script: ScriptInfo, name: string, hook: string, enabled: boolean, conf: ScriptConf): void {
    const detail = this.#details[this.scripts.indexOf(script)];
    if (!detail || script.state === 'error' || !this.vm?.usable) return;
    const result = this.#sideOf(script).call('event', [
      detail.index,
      name,
      hook,
      { enabled, script_conf: conf as LuaValue },
    ]);
    if (!result.ok) this.fail(script.file, result);
  }

  /** The VM's functions that a script answers to. */
  #sideOf(script: ScriptInfo): { call(name: string, args: LuaValue[]): CallResult } {
    return script.file.endsWith('.js') && this.js ? this.js : this;
  }

  /** Tells which entity the next periodic calls are about; see `begin` in prelude/core.lua. */
  begin(args: LuaValue[]): CallResult {
    if (this.js) this.js.begun = args;
    return this.call('begin', args);
  }

  info(): PluginInfo {
    const { meter, governor } = this.keep;
    const state = this.broken !== '' ? 'error' : this.disabled ? 'disabled' : governor.state;
    return {
      key: this.key,
      title: this.title || this.key,
      description: this.description,
      author: this.author,
      version: this.version,
      path: this.source.path,
      engine: this.#house.engine,
      state,
      reason: this.broken !== '' ? this.broken : this.disabled ? 'switched off by its manifest' : governor.reason,
      errors: [...this.errors],
      scripts: this.scripts,
      meter: {
        calls: meter.calls,
        errors: meter.errors,
        skipped: meter.skipped,
        alerts: meter.alerts,
        p50Us: meter.quantileUs(0.5),
        p99Us: meter.quantileUs(0.99),
        corePercent: meter.corePercent(performance.now()),
        memoryBytes: [this.vm, this.js?.vm].reduce((sum, vm) => sum + (vm?.usable ? vm.memoryUsed() : 0), 0),
        memoryLimit: PLUGIN_LIMITS.memoryBytes * (hasJs(this.source) ? 2 : 1),
      },
      permissions: permissionsOf(this.source, this.#house.grants[this.key] ?? {}),
      pages: [...this.pages],
      endpoints: [...this.endpoints],
    };
  }
}
