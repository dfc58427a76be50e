/**
 * All plugins together: loads a set of them, walks a flow's scripts by priority, decides about its alert, runs the
 * periodic scripts. Lives in the worker; knows nothing of threads.
 */
import { type Engine, type Failure, type LuaValue, type Pulse, VmStock, type Writer } from '../sandbox/index.ts';
import { alertsOf, interfacesOf } from './api-entities.ts';
import { DEFAULT_SET_ID, GRANULARITIES, GRANULARITY_SECONDS, type Granularity } from './configsets.ts';
import { faultWords } from './governor.ts';
import { Locales } from './i18n.ts';
import { hasJs } from './js-scripts.ts';
import { type Attached, FLOW_HOOKS, type Keep, newKeep, PLUGIN_LIMITS, Plugin } from './plugin.ts';
import { boundedParams, type EntityContext, plainText, type Room } from './room.ts';
import type { PluginSource, Scan } from './scan.ts';
import { type ConfigSet, type PluginInfo, SUBDIRS } from './types.ts';
import type { WantsWriter } from './wants.ts';

/** The recipient that 4.2 builds in stores alerts from notice (3) on. */
export const MIN_SEVERITY = 3;

export interface HouseOptions {
  room: Room;
  prelude: { [name: string]: string };
  wants: WantsWriter;
  /** Told when a VM is entered and left. */
  pulse(slot: number): Pulse;
  /** The number by which the watchdog knows a plugin; the same for the same name. */
  slot(key: string): number;
  /** Called when a plugin's state changed. */
  changed(): void;
  /** What Lua runs on; default `wasm`. */
  engine?: 'wasm' | 'fengari';
}

/** One loaded set of plugins. */
interface Generation {
  plugins: Plugin[];
  locales: Locales;
  /** "flow/unexpected_dns" → plugin key. */
  claims: Map<string, string>;
}

type Kind = 'host' | 'interface' | 'network' | 'system';

export class House {
  readonly room: Room;
  readonly prelude: { [name: string]: string };
  readonly engine: 'wasm' | 'fengari';
  readonly vms = new VmStock(PLUGIN_LIMITS.memoryBytes);
  readonly minSeverity: number = MIN_SEVERITY;
  readonly #options: HouseOptions;
  #now: Generation = { plugins: [], locales: new Locales(), claims: new Map() };
  /** The set that is being loaded, while it is. */
  #next: Generation | undefined;
  #keeps = new Map<string, Keep>();
  #flow: Attached[][] = [[], [], []];
  #periodic: Attached[] = [];
  /** Config as it was last attached, to tell what changed. */
  #set: ConfigSet | undefined;
  #language = 'en';
  #nowS = 0;
  #pushNow = (to: Writer): void => to.number(this.#nowS);
  // The best candidate for the alert of the current call.
  #bestPlugin: Plugin | undefined;
  #bestScript = '';
  #bestScore = 0;
  #bestStatus = 0;
  #bestStatusName = '';
  #script = '';
  #dead: Plugin[] = [];
  calls = 0;

  constructor(options: HouseOptions) {
    this.#options = options;
    this.room = options.room;
    this.prelude = options.prelude;
    this.engine = options.engine ?? 'wasm';
  }

  // What the API asks for -------------------------------------------------------------------------------------------

  get locales(): Locales {
    return (this.#next ?? this.#now).locales;
  }
  text(key: string): string {
    const found = this.locales.lookup(key);
    return typeof found === 'string' ? found : key;
  }
  pulse(slot: number): Pulse {
    return this.#options.pulse(slot);
  }
  sourceOf(key: string): PluginSource | undefined {
    return (this.#next ?? this.#now).plugins.find((p) => p.key === key && p.broken === '')?.source;
  }
  pluginTitles(): [string, LuaValue][] {
    return this.#now.plugins
      .filter((p) => p.broken === '')
      .map((p) => [p.key, { key: p.key, title: p.title, path: p.source.path }]);
  }
  /** A definition of another plugin: source and chunk name. */
  definition(asker: Plugin, kind: 'alert' | 'status', name: string): LuaValue[] {
    const path = `${kind}_definitions/${name}.lua`;
    for (const plugin of (this.#next ?? this.#now).plugins) {
      const text = plugin === asker || plugin.broken !== '' ? undefined : plugin.source.files.get(path);
      if (text === undefined) continue;
      asker.entangled = true;
      return [text, path];
    }
    return [];
  }
  /** The plugin that has a script of that name already, if another one; otherwise the name is the asker's now. */
  claim(subdir: string, key: string, plugin: Plugin): string | undefined {
    const { claims } = this.#next ?? this.#now;
    const owner = claims.get(`${subdir}/${key}`);
    if (owner === undefined) claims.set(`${subdir}/${key}`, plugin.key);
    return owner === plugin.key ? undefined : owner;
  }
  /** Books an alert of a plugin; false when it raises too many. */
  alertAllowed(plugin: Plugin): boolean {
    if (plugin.keep.alerts.take(this.room.nowMs)) return true;
    return false;
  }

  // Loading -----------------------------------------------------------------------------------------------------------

  /**
   * Loads the plugins of a scan in place of the present ones. `pause` is awaited between plugins so that hooks go on
   * meanwhile with the old set; the new one takes over at once.
   */
  async load(scan: Scan, sets: ConfigSet[], language: string, pause: () => Promise<void>): Promise<void> {
    const next: Generation = { plugins: [], locales: new Locales(), claims: new Map() };
    next.locales.language = language;
    this.room.configSets = sets;
    this.#language = language;
    const set = sets.find((s) => s.id === DEFAULT_SET_ID);
    const sameLanguage = this.#now.locales.language === language;
    const kept = new Set<Plugin>();
    for (const source of scan.plugins) {
      const old = this.#now.plugins.find((p) => p.key === source.key);
      if (old && sameLanguage && old.isLike(source) && !this.#isConfiguredAnew(old, set)) {
        kept.add(old);
        next.plugins.push(old);
        next.locales.adopt(this.#now.locales, old.key);
        for (const script of old.scripts) next.claims.set(`${script.subdir}/${script.key}`, old.key);
      } else {
        next.plugins.push(new Plugin(this, source, this.#keep(source.key)));
      }
    }
    const step = async (work: () => void) => {
      // While a plugin of the new set is being loaded, what it asks is answered from the new set.
      this.#next = next;
      work();
      this.#next = undefined;
      await pause();
    };
    for (const plugin of next.plugins) {
      plugin.slot = this.#options.slot(plugin.key);
      if (kept.has(plugin)) continue;
      if (plugin.keep.governor.state === 'quarantined') continue;
      await this.#prepare(plugin);
      await step(() => plugin.open());
    }
    for (const plugin of next.plugins) {
      const missing = plugin.dependencies.find((key) => !next.plugins.some((p) => p.key === key && this.#usable(p)));
      if (plugin.broken === '' && missing !== undefined) {
        plugin.broken = `needs plugin ${missing}, which is not loaded`;
        plugin.note('manifest.lua', 0, plugin.broken);
        plugin.close();
      }
    }
    // Plugins without dependencies first, as 4.2 has it: their names win.
    const ordered = [...next.plugins].sort(
      (a, b) => Math.sign(a.dependencies.length) - Math.sign(b.dependencies.length),
    );
    for (const plugin of ordered) {
      if (plugin.vm === undefined || kept.has(plugin)) continue;
      await step(() => {
        plugin.load();
        plugin.attach(set);
      });
    }
    const old = this.#now;
    const before = this.#set;
    this.#now = next;
    this.#set = set;
    this.#index();
    for (const plugin of old.plugins) if (!kept.has(plugin)) plugin.close();
    for (const warning of scan.warnings) this.room.out.log('warn', 'plugins', warning);
    this.#tellChanges(before, set, old.plugins.length === 0);
    for (const plugin of next.plugins) plugin.rest();
    this.#options.changed();
  }

  /** Whether the configuration of one of its scripts is another than the one in force. */
  #isConfiguredAnew(plugin: Plugin, set: ConfigSet | undefined): boolean {
    return plugin.scripts.some(({ subdir, key }) => {
      const was = this.#set?.config[subdir]?.[key];
      const is = set?.config[subdir]?.[key];
      return JSON.stringify(was) !== JSON.stringify(is);
    });
  }

  #usable(plugin: Plugin): boolean {
    return plugin.broken === '' && !plugin.disabled;
  }
  #keep(key: string): Keep {
    let keep = this.#keeps.get(key);
    if (!keep) this.#keeps.set(key, (keep = newKeep()));
    return keep;
  }

  /** onLoad for what is enabled; onEnable, onDisable, onUpdateConfig for what the configuration changed. */
  #tellChanges(before: ConfigSet | undefined, after: ConfigSet | undefined, first: boolean): void {
    for (const plugin of this.#now.plugins) {
      for (const script of plugin.scripts) {
        for (const hook of script.configHooks) {
          const factory = { enabled: script.defaultEnabled, script_conf: script.defaultConf };
          const was = before?.config[script.subdir]?.[script.key]?.[hook] ?? factory;
          const is = after?.config[script.subdir]?.[script.key]?.[hook] ?? factory;
          if (is.enabled) plugin.event(script, 'onLoad', hook, true, is.script_conf);
          if (first) continue;
          if (was.enabled !== is.enabled)
            plugin.event(script, is.enabled ? 'onEnable' : 'onDisable', hook, is.enabled, is.script_conf);
          else if (JSON.stringify(was) !== JSON.stringify(is))
            plugin.event(script, 'onUpdateConfig', hook, is.enabled, is.script_conf);
        }
      }
    }
  }

  /** Puts what is attached into the order it runs in, and tells the engine what is wanted. */
  #index(): void {
    this.#flow = [[], [], []];
    this.#periodic = [];
    const { wants } = this.#options;
    wants.clear();
    for (const plugin of this.#now.plugins) {
      const state = plugin.keep.governor.state;
      if (state === 'quarantined' || state === 'paused') continue;
      for (const entry of plugin.attached) {
        const hook = (FLOW_HOOKS as readonly string[]).indexOf(entry.hook);
        if (entry.script.subdir === 'flow') {
          if (hook < 0) continue;
          this.#flow[hook]!.push(entry);
          wants.add(hook, entry.l4, entry.l7);
        } else {
          this.#periodic.push(entry);
        }
      }
    }
    for (const entries of this.#flow) entries.sort((a, b) => b.prio - a.prio);
    wants.publish();
  }

  /** Makes ready the VMs that a plugin needs; what cannot be loaded is said when it is opened. */
  async #prepare(plugin: Plugin): Promise<void> {
    for (const engine of this.#engines(plugin)) await this.vms.prepare(engine).catch(() => {});
  }
  #engines(plugin: Plugin): Engine[] {
    return hasJs(plugin.source) ? [this.engine, 'quickjs'] : [this.engine];
  }

  /** Opens a plugin again whose VM has ended; a little later when its engine must be waited for. */
  #reopen(plugin: Plugin): void {
    if (!this.#engines(plugin).every((engine) => this.vms.has(engine))) {
      plugin.close();
      this.#index();
      void this.#prepare(plugin).then(() => {
        const ready = this.#engines(plugin).every((engine) => this.vms.has(engine));
        if (ready && this.#now.plugins.includes(plugin) && plugin.keep.governor.state !== 'quarantined')
          this.#reopen(plugin);
      });
      return;
    }
    const set = this.#set;
    plugin.broken = '';
    if (plugin.open()) {
      plugin.load();
      plugin.attach(set);
    }
    this.#index();
    this.#options.changed();
  }

  // Quarantine --------------------------------------------------------------------------------------------------------

  /** Puts a plugin in quarantine, even before it is loaded (after it hung the worker). */
  quarantine(key: string, reason: string): void {
    this.#keep(key).governor.quarantine(reason);
    this.#retire(key, reason);
  }

  #retire(key: string, reason: string): void {
    const plugin = this.#now.plugins.find((p) => p.key === key);
    this.room.out.log('error', key, `put in quarantine: ${reason}`);
    if (plugin) {
      plugin.note('', 0, `put in quarantine: ${reason}`);
      plugin.close();
      this.#index();
    }
    this.#options.changed();
  }

  release(key: string): void {
    const keep = this.#keeps.get(key);
    if (!keep || keep.governor.state === 'running') return;
    keep.governor.release();
    keep.meter.forgive();
    const plugin = this.#now.plugins.find((p) => p.key === key);
    this.room.out.log('info', key, 'freed by its owner');
    if (plugin) this.#reopen(plugin);
  }

  quarantined(): { [key: string]: string } {
    const out: { [key: string]: string } = {};
    for (const [key, keep] of this.#keeps) if (keep.governor.state === 'quarantined') out[key] = keep.governor.reason;
    return out;
  }

  /** Judges costs and reports floods; call every second or so. */
  judge(): void {
    const now = performance.now();
    let changed = false;
    for (const plugin of this.#now.plugins) {
      const { meter, governor, log, alerts } = plugin.keep;
      const before = governor.state;
      if (governor.judge(now, meter.corePercent(now), () => meter.forgive())) {
        changed = true;
        if (governor.state === 'quarantined') this.#retire(plugin.key, governor.reason);
        else if (governor.state !== before)
          this.room.out.log('warn', plugin.key, governor.reason || 'runs again as usual');
      }
      const lines = log.takeRefused();
      const raised = alerts.takeRefused();
      if (lines > 0) plugin.note('', 0, `writes too much: ${lines} lines were not logged`);
      if (raised > 0) {
        plugin.note('', 0, `raises too many alerts: ${raised} were not passed on`);
        this.room.out.log('warn', plugin.key, `raises too many alerts: ${raised} were not passed on`);
      }
      if (lines > 0 || raised > 0) changed = true;
    }
    if (changed) {
      this.#index();
      this.#options.changed();
    }
  }

  // Running -----------------------------------------------------------------------------------------------------------

  /** A status that a script puts on the current flow. */
  status(plugin: Plugin, status: number, name: string, score: number): boolean {
    this.room.setStatus(status, name, score);
    if (this.#bestPlugin !== undefined) {
      if (score < this.#bestScore) return false;
      if (score === this.#bestScore && status >= this.#bestStatus) return false;
    }
    this.#bestPlugin = plugin;
    this.#bestScript = this.#script;
    this.#bestScore = score;
    this.#bestStatus = status;
    this.#bestStatusName = name;
    return true;
  }

  /** Calls one hook, meters it, and deals with its failure. True when it went well. */
  #run(entry: Attached, push?: (to: Writer) => void): boolean {
    const { plugin } = entry;
    const { meter, governor } = plugin.keep;
    if (plugin.vm === undefined || !governor.allow()) {
      meter.skipped++;
      return false;
    }
    this.calls++;
    this.#script = entry.script.key;
    const start = performance.now();
    const failure = entry.vm.run(entry.fn, push);
    const end = performance.now();
    meter.add(end - start, end);
    plugin.flushLine();
    if (failure === undefined) return true;
    this.#failed(entry, failure, end);
    return false;
  }

  #failed(entry: Attached, failure: Failure, nowMs: number): void {
    const { plugin } = entry;
    plugin.keep.meter.errors++;
    const where = plugin.fail(entry.script.file, failure);
    this.#options.changed();
    if (failure.fault === 'error') return;
    const { governor } = plugin.keep;
    this.room.out.log('error', plugin.key, `${where}: call interrupted, it ${faultWords(failure.fault)}`);
    if (governor.strike(nowMs, failure.fault, where)) this.#retire(plugin.key, governor.reason);
    else if (!this.#dead.includes(plugin)) this.#dead.push(plugin);
  }

  /** Opens VMs again that ended during the last call. Not done in the middle of a walk. */
  #revive(): void {
    const dead = this.#dead;
    if (dead.length === 0) return;
    this.#dead = [];
    for (const plugin of dead) this.#reopen(plugin);
  }

  /** Runs the scripts of a hook (index into FLOW_HOOKS) over the flow in the room's view. */
  flow(hook: number): void {
    const { room } = this;
    const v = room.view;
    room.nowMs = v.nowMs;
    this.#nowS = Math.floor(v.nowMs / 1000);
    this.#bestPlugin = undefined;
    const { proto, master, app } = v;
    for (const entry of this.#flow[hook]!) {
      if (entry.l4[proto] === 0) continue;
      if (entry.l7 !== -1 && entry.l7 !== master && entry.l7 !== app) continue;
      if (entry.threeWay && proto === 6 && !v.handshake) continue;
      this.#run(entry, this.#pushNow);
    }
    if (this.#bestPlugin !== undefined) this.#decide(this.#bestPlugin);
    if (hook === 2) room.flows.delete(v.id);
    v.live = false;
    this.#revive();
  }

  /** An alert is raised when the best candidate's score is greater than that of the alert the flow has already. */
  #decide(plugin: Plugin): void {
    const { room } = this;
    const state = room.openFlowState();
    if (this.#bestScore <= state.alertedScore) return;
    if (plugin.vm?.usable !== true) return;
    if (!this.alertAllowed(plugin)) return;
    const replaces = state.alertedScore > 0;
    state.alertedScore = this.#bestScore;
    state.alertedStatus = this.#bestStatus;
    const result = plugin.call('emit', []);
    if (!result.ok) {
      plugin.keep.meter.errors++;
      plugin.fail(`alert of status ${this.#bestStatus}`, result);
      if (result.fault !== 'error') {
        this.#dead.push(plugin);
        return;
      }
    }
    const [type, typeName, severity, title, text, params] = result.ok ? result.values : [];
    const level = typeof severity === 'number' ? severity : 5;
    if (level < this.minSeverity) return;
    const kept = boundedParams(params);
    plugin.keep.meter.alerts++;
    const words = plainText(typeof text === 'string' && text !== '' ? text : `status ${this.#bestStatus}`);
    room.out.alert({
      action: 'store',
      kind: 'flow',
      entity: 4,
      entityValue: 'flow',
      type: typeof type === 'number' ? type : 0,
      typeName: typeof typeName === 'string' ? typeName : '',
      subtype: '',
      granularity: 0,
      severity: Math.min(8, Math.max(1, level)),
      score: this.#bestScore,
      atMs: room.nowMs,
      plugin: plugin.key,
      script: this.#bestScript,
      title: plainText(typeof title === 'string' && title !== '' ? title : words),
      text: `${words} [Score: ${this.#bestScore}]`,
      status: this.#bestStatus,
      ...(this.#bestStatusName === '' ? {} : { statusName: plainText(this.#bestStatusName) }),
      replaces,
      flow: room.alertFlow(),
      ...(kept === undefined ? {} : { params: kept }),
    });
  }

  /** What periodic runs need of the engine. */
  wantsEntities(granularity: Granularity): { hosts: boolean; networks: boolean; interfaces: boolean } {
    const has = (subdir: string) => this.#periodic.some((e) => e.script.subdir === subdir && e.hook === granularity);
    return { hosts: has('host'), networks: has('network'), interfaces: has('interface') };
  }

  /** One periodic run, in pieces: each step is the scripts of one plugin over one entity. */
  *periodic(granularity: Granularity, nowMs: number): Generator<void> {
    const { room } = this;
    const run = ++room.run;
    const interfaces = interfacesOf(room);
    const kinds: [Kind, EntityContext[]][] = [
      ['system', [{ kind: 'system', value: '-1' }]],
      ['interface', interfaces.map((iface) => ({ kind: 'interface', value: String(iface.id), iface }))],
      ['network', (room.entities?.networks ?? []).map((network) => ({ kind: 'network', value: network.key, network }))],
      ['host', (room.entities?.hosts ?? []).map((host) => ({ kind: 'host', value: `${host.ip}@${host.vlan}`, host }))],
    ];
    const known = room.entities;
    for (const [kind, entities] of kinds) {
      const byPlugin = new Map<Plugin, Attached[]>();
      for (const entry of this.#periodic) {
        if (entry.script.subdir !== kind || entry.hook !== granularity) continue;
        const entries = byPlugin.get(entry.plugin);
        if (entries) entries.push(entry);
        else byPlugin.set(entry.plugin, [entry]);
      }
      const failed = new Set<string>();
      for (const entity of entities) {
        for (const [plugin, entries] of byPlugin) {
          room.nowMs = nowMs;
          room.entities = known;
          if (!this.#entity(granularity, kind, entity, plugin, entries, nowMs)) failed.add(plugin.key);
          this.#revive();
          yield;
        }
      }
      if (kind !== 'system' && (kind === 'interface' || known !== undefined))
        this.#releaseLeft(kind, granularity, run, failed, nowMs);
    }
    room.entity = undefined;
  }

  /** Scripts of one plugin over one entity; false when one of them failed. */
  #entity(
    granularity: Granularity,
    kind: Kind,
    entity: EntityContext,
    plugin: Plugin,
    entries: Attached[],
    nowMs: number,
  ): boolean {
    const { room } = this;
    if (plugin.vm === undefined || plugin.attached.length === 0) return false;
    room.entity = entity;
    const granularityId = GRANULARITIES.indexOf(granularity) + 1;
    const entityId = kind === 'host' ? 1 : kind === 'network' ? 2 : 0;
    const info =
      kind === 'host'
        ? { ip: entity.host!.ip, vlan: entity.host!.vlan }
        : kind === 'network'
          ? entity.network!.stats
          : kind === 'interface'
            ? entity.iface!.stats
            : undefined;
    const current = kind === 'system' ? undefined : alertsOf(room, entityId, entity.value, granularityId);
    const when = kind === 'host' || kind === 'system' ? Math.floor(nowMs / 1000) : undefined;
    const begun = plugin.begin([
      kind,
      granularity,
      entity.value,
      info as LuaValue,
      current,
      when,
      kind === 'host' ? 0 : undefined,
    ]);
    let good = begun.ok;
    if (!begun.ok) plugin.fail(entries[0]!.script.file, begun);
    else for (const entry of entries) good = this.#run(entry) && good;
    room.entity = undefined;
    return good;
  }

  /** Releases engaged alerts of a kind and granularity that no script confirmed in this run: condition or entity gone. */
  #releaseLeft(kind: Kind, granularity: Granularity, run: number, failed: Set<string>, nowMs: number): void {
    const seconds = GRANULARITY_SECONDS[granularity];
    for (const [key, engaged] of this.room.engaged) {
      if (engaged.event.kind !== kind || engaged.event.granularity !== seconds || engaged.run === run) continue;
      const state = this.#keeps.get(engaged.event.plugin)?.governor.state ?? 'running';
      if (failed.has(engaged.event.plugin) || state === 'paused' || state === 'sampled') continue;
      this.room.release(key, nowMs);
    }
  }

  infos(): PluginInfo[] {
    return this.#now.plugins.map((plugin) => plugin.info());
  }

  /** Number of scripts by kind; for the answer to a reload. */
  summary(): string {
    const broken = this.#now.plugins.filter((p) => p.broken !== '').map((p) => p.key);
    const scripts = SUBDIRS.reduce(
      (n, subdir) =>
        n + this.#now.plugins.flatMap((p) => p.scripts).filter((s) => s.subdir === subdir && s.state === 'ok').length,
      0,
    );
    const text = `${this.#now.plugins.length} plugins with ${scripts} scripts loaded`;
    return broken.length === 0 ? text : `${text}; not loaded: ${broken.join(', ')}`;
  }

  language(): string {
    return this.#language;
  }

  close(): void {
    for (const plugin of this.#now.plugins) {
      for (const script of plugin.scripts) {
        for (const hook of script.configHooks) {
          const conf = this.#set?.config[script.subdir]?.[script.key]?.[hook];
          if (conf?.enabled) plugin.event(script, 'onUnload', hook, true, conf.script_conf);
        }
      }
      plugin.close();
    }
    this.#now = { plugins: [], locales: new Locales(), claims: new Map() };
  }
}
