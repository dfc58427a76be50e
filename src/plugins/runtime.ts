/**
 * All plugins together: loads a set of them, walks a flow's scripts by priority, decides about its alert, runs the
 * periodic scripts. Lives in the worker; knows nothing of threads.
 */
import {
  type Engine,
  type Failure,
  type LuaValue,
  type Pulse,
  type Ref,
  type VmImage,
  VmStock,
  type Writer,
} from '../sandbox/index.ts';
import { emptySet, type Granularity } from './configsets.ts';
import { policyTable } from './device-policies.ts';
import { faultWords, type GovernorState } from './governor.ts';
import { Locales } from './i18n.ts';
import { type JobAsk, Jobs } from './jobs.ts';
import { hasJs } from './js-scripts.ts';
import { periodicRun, type Wanted, wantsEntities } from './periodic.ts';
import { type Attached, FLOW_HOOKS, type Keep, newKeep, PLUGIN_LIMITS, Plugin } from './plugin.ts';
import { PoolIndex } from './pools.ts';
import { RECIPIENT_LIMITS, recipientTable } from './recipients.ts';
import { boundedParams, type EntityContext, plainText, type Room } from './room.ts';
import type { PluginSource, Scan } from './scan.ts';
import {
  type ConfigSet,
  type Grants,
  type PluginConfig,
  type PluginEndpoint,
  type PluginInfo,
  type Recipient,
  type ScriptInfo,
  SUBDIRS,
} from './types.ts';
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
  /** A call waits for something outside; the answer comes through jobs.answer(). */
  ask?(ask: JobAsk): void;
}

/** One loaded set of plugins. */
interface Generation {
  plugins: Plugin[];
  locales: Locales;
  /** "flow/unexpected_dns" → plugin key. */
  claims: Map<string, string>;
}

const endpointOf = (plugin: Plugin | undefined, recipient: Recipient): PluginEndpoint | undefined =>
  plugin?.endpoints.find((endpoint) => endpoint.key === recipient.endpoint);

export class House {
  readonly room: Room;
  readonly prelude: { [name: string]: string };
  readonly engine: 'wasm' | 'fengari';
  readonly vms = new VmStock(PLUGIN_LIMITS.memoryBytes);
  /** How a VM begins, once a first one was made ready. */
  start: { image: VmImage; api: Ref } | undefined;
  readonly minSeverity: number = MIN_SEVERITY;
  readonly #options: HouseOptions;
  #now: Generation = { plugins: [], locales: new Locales(), claims: new Map() };
  /** The set that is being loaded, while it is. */
  #next: Generation | undefined;
  #keeps = new Map<string, Keep>();
  #flow: Attached[][] = [[], [], []];
  #periodic: Attached[] = [];
  #syslog: Attached[] = [];
  /** Configuration as it was last attached, to tell what changed. */
  #sets: ConfigSet[] = [];
  grants: Grants = {};
  readonly jobs: Jobs;
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
  #at = 0;
  calls = 0;

  constructor(options: HouseOptions) {
    this.#options = options;
    this.room = options.room;
    this.prelude = options.prelude;
    this.engine = options.engine ?? 'wasm';
    this.jobs = new Jobs(options.ask ?? (() => {}), (plugin, file, failure) => this.failed(plugin, file, failure));
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
    if (plugin.keep.alerts.take(this.room.nowMs)) {
      this.room.alertsRaised++;
      return true;
    }
    this.room.alertsDropped++;
    return false;
  }

  // Loading -----------------------------------------------------------------------------------------------------------

  /**
   * Loads the plugins of a scan in place of the present ones. `pause` is awaited between plugins so that hooks go on
   * meanwhile with the old set; the new one takes over at once.
   */
  async load(scan: Scan, config: PluginConfig, pause: () => Promise<void>): Promise<void> {
    const { configSets: sets, language } = config;
    const next: Generation = { plugins: [], locales: new Locales(), claims: new Map() };
    next.locales.language = language;
    this.room.configSets = sets;
    this.#language = language;
    this.room.pools = new PoolIndex(config.pools);
    this.room.recipients.configure(config.recipients);
    this.room.devicePolicies = policyTable(config.policies ?? []);
    this.grants = config.grants;
    const { pools } = this.room;
    const sameLanguage = this.#now.locales.language === language;
    const kept = new Set<Plugin>();
    for (const source of scan.plugins) {
      const old = this.#now.plugins.find((p) => p.key === source.key);
      const needsVm = this.room.recipients.uses(source.key) && old?.vm?.usable !== true;
      if (
        old &&
        sameLanguage &&
        !needsVm &&
        old.isLike(source) &&
        old.configured === old.configurationOf(sets, pools)
      ) {
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
        plugin.attach(sets, pools);
        plugin.loadExtras();
      });
    }
    const old = this.#now;
    const before = this.#sets;
    this.#now = next;
    this.#sets = sets;
    this.#index();
    for (const plugin of old.plugins) if (!kept.has(plugin)) plugin.close();
    for (const warning of scan.warnings) this.room.out.log('warn', 'plugins', warning);
    this.#tellChanges(before, sets, old.plugins.length === 0);
    for (const plugin of next.plugins) plugin.rest();
    this.#options.changed();
  }

  #usable(plugin: Plugin): boolean {
    return plugin.broken === '' && !plugin.disabled;
  }
  #keep(key: string): Keep {
    let keep = this.#keeps.get(key);
    if (!keep) this.#keeps.set(key, (keep = newKeep()));
    return keep;
  }

  /** onLoad for what is enabled; onEnable, onDisable, onUpdateConfig for what the configuration changed, set by set. */
  #tellChanges(before: readonly ConfigSet[], after: readonly ConfigSet[], first: boolean): void {
    for (const set of after.length === 0 ? [emptySet()] : after) {
      const old = before.find((one) => one.id === set.id);
      for (const plugin of this.#now.plugins)
        for (const script of plugin.scripts) this.#tellScript(plugin, script, old, set, first);
    }
  }
  #tellScript(plugin: Plugin, script: ScriptInfo, old: ConfigSet | undefined, set: ConfigSet, first: boolean): void {
    for (const hook of script.configHooks) {
      const factory = { enabled: script.defaultEnabled, script_conf: script.defaultConf };
      const was = old?.config[script.subdir]?.[script.key]?.[hook] ?? factory;
      const is = set.config[script.subdir]?.[script.key]?.[hook] ?? factory;
      if (is.enabled) plugin.event(script, 'onLoad', hook, true, is.script_conf);
      if (first) continue;
      if (was.enabled !== is.enabled)
        plugin.event(script, is.enabled ? 'onEnable' : 'onDisable', hook, is.enabled, is.script_conf);
      else if (JSON.stringify(was) !== JSON.stringify(is))
        plugin.event(script, 'onUpdateConfig', hook, is.enabled, is.script_conf);
    }
  }

  /** Puts what is attached into the order it runs in, and tells the engine what is wanted. */
  #index(): void {
    this.#flow = [[], [], []];
    this.#periodic = [];
    this.#syslog = [];
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
        } else if (entry.script.subdir === 'syslog') {
          this.#syslog.push(entry);
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
    plugin.broken = '';
    if (plugin.open()) {
      plugin.load();
      plugin.attach(this.#sets, this.room.pools);
      plugin.loadExtras();
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
  status(plugin: Plugin, status: number, name: string, score: number, client: number, server: number): boolean {
    this.room.setStatus(status, name, score, client, server);
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
  run(entry: Attached): boolean {
    return this.#run(entry);
  }
  /** `push` writes the arguments; `#at` is when the last call ended, for who calls the next at once. */
  #run(entry: Attached, push?: (to: Writer) => void, start = performance.now()): boolean {
    const { plugin } = entry;
    const { meter, governor } = plugin.keep;
    // A VM that an interrupted call has ended is opened again after this walk: what shares it is not to blame for that.
    if (plugin.vm === undefined || !entry.vm.usable || !governor.allow()) {
      meter.skipped++;
      return false;
    }
    this.calls++;
    this.#script = entry.script.key;
    const failure = entry.vm.run(entry.fn, push, start);
    const end = (this.#at = performance.now());
    meter.add(end - start, end);
    plugin.flushLine();
    if (failure === undefined) return true;
    this.failed(plugin, entry.script.file, failure);
    return false;
  }

  /** Keeps a failure of a call; returns where it was. */
  failed(plugin: Plugin, file: string, failure: Failure): string {
    plugin.keep.meter.errors++;
    const where = plugin.fail(file, failure);
    this.#options.changed();
    if (failure.fault === 'error') return where;
    const { governor } = plugin.keep;
    this.room.out.log('error', plugin.key, `${where}: call interrupted, it ${faultWords(failure.fault)}`);
    if (governor.strike(performance.now(), failure.fault, where)) this.#retire(plugin.key, governor.reason);
    else if (!this.#dead.includes(plugin)) this.#dead.push(plugin);
    return where;
  }

  /** Opens VMs again that ended during the last call. Not done in the middle of a walk. */
  revive(): void {
    this.#revive();
  }
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
    const risks = v.hasRisks();
    this.#at = performance.now();
    for (const entry of this.#flow[hook]!) {
      if (entry.l4[proto] === 0) continue;
      if (entry.l7 !== -1 && entry.l7 !== master && entry.l7 !== app) continue;
      if (entry.threeWay && proto === 6 && !v.handshake) continue;
      if (entry.risky && !risks) continue;
      this.#run(entry, this.#pushNow, this.#at);
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

  /** Periodic scripts and what they need of the engine: periodic.ts. */
  wantsEntities(granularity: Granularity): Wanted {
    return wantsEntities(this, granularity);
  }
  periodic(granularity: Granularity, nowMs: number): Generator<void> {
    return periodicRun(this, granularity, nowMs);
  }
  get periodicEntries(): readonly Attached[] {
    return this.#periodic;
  }
  stateOf(plugin: string): GovernorState {
    return this.#keeps.get(plugin)?.governor.state ?? 'running';
  }

  /** Runs a system script: it may wait for the network, others go on meanwhile. */
  runSystem(entry: Attached): void {
    const { plugin } = entry;
    if (entry.vm !== plugin.vm) {
      this.#run(entry);
      return;
    }
    const { meter, governor } = plugin.keep;
    if (plugin.vm === undefined || !governor.allow()) {
      meter.skipped++;
      return;
    }
    const context: EntityContext = { kind: 'system', value: '-1' };
    const around = (run: () => void): void => {
      const before = this.room.entity;
      this.room.entity = context;
      this.#script = entry.script.key;
      this.calls++;
      const start = performance.now();
      run();
      const end = performance.now();
      // Its time is booked by the call itself.
      meter.add(end - start, end, false);
      this.room.entity = before;
    };
    this.jobs.start(plugin, entry.script.file, 'system', [entry.name], () => {}, { around });
  }

  /** A line of syslog for the script of that name. */
  syslog(producer: string, message: string, source: string, priority: number): void {
    this.room.entity = { kind: 'interface', value: '0' };
    for (const entry of this.#syslog) {
      if (entry.script.key !== producer) continue;
      this.#run(entry, (to) => {
        to.string(message);
        to.string(source);
        to.number(priority);
      });
    }
    this.room.entity = undefined;
    this.#revive();
  }
  /** Names that lines of syslog can be sent to. */
  producers(): string[] {
    return this.#syslog.map((entry) => entry.script.key);
  }

  // What waits ----------------------------------------------------------------------------------------------------------

  /** Asks back-ends whose time has come to hand their alerts on. Call about twice a second. */
  notify(): void {
    const { recipients } = this.room;
    const now = performance.now();
    const find = (recipient: Recipient): Plugin | undefined =>
      this.#now.plugins.find((plugin) => plugin.key === recipient.plugin && plugin.vm?.usable === true);
    for (let turn = 0; turn < RECIPIENT_LIMITS.recipients; turn++) {
      const due = recipients.due(now, (recipient) => endpointOf(find(recipient), recipient)?.seconds);
      if (!due) return;
      const { recipient, high } = due;
      const args = [recipient.endpoint, recipientTable(recipient), RECIPIENT_LIMITS.budget, high];
      const file = `alert_endpoints/${recipient.endpoint}.lua`;
      this.jobs.start(
        find(recipient)!,
        file,
        'notify',
        args,
        (result) => {
          const [good, message, more] = result.ok ? result.values : [false, result.message];
          const words = good === true ? '' : String(message ?? '') || 'the back-end said that it failed';
          recipients.done(recipient.id, performance.now(), more === true, words);
          if (words !== '') this.room.out.log('warn', recipient.plugin, `recipient ${recipient.name}: ${words}`);
        },
        { notifying: true },
      );
    }
  }

  /** Tries a recipient that need not be saved. */
  tryRecipient(recipient: Recipient): Promise<{ ok: boolean; text: string }> {
    return this.#awake(recipient.plugin, (plugin, resolve) => {
      const file = `alert_endpoints/${recipient.endpoint}.lua`;
      this.jobs.start(
        plugin,
        file,
        'try',
        [recipient.endpoint, recipientTable(recipient)],
        (result) => {
          const [good, message] = result.ok ? result.values : [false, result.message];
          resolve({ ok: good === true, text: String(message ?? '') });
        },
        { notifying: true },
      );
    });
  }

  /** Renders a page of a plugin; the text is HTML as the plugin made it, not to be trusted. */
  page(key: string, file: string, get: { [name: string]: string }): Promise<{ ok: boolean; text: string }> {
    return this.#awake(key, (plugin, resolve) => {
      const source = plugin.source.files.get(`web_gui/${file}`);
      if (source === undefined || file === 'menu.lua') {
        resolve({ ok: false, text: `plugin ${key} has no page ${file}` });
        return;
      }
      const path = `web_gui/${file}`;
      this.jobs.start(plugin, path, 'page', [path, source, get], (result) =>
        resolve(result.ok ? { ok: true, text: String(result.values[0] ?? '') } : { ok: false, text: result.message }),
      );
    });
  }

  /** Does something with a plugin, which for that has a VM. */
  #awake(
    key: string,
    work: (plugin: Plugin, resolve: (answer: { ok: boolean; text: string }) => void) => void,
  ): Promise<{ ok: boolean; text: string }> {
    const plugin = this.#now.plugins.find((one) => one.key === key);
    if (plugin === undefined) return Promise.resolve({ ok: false, text: `there is no plugin ${key}` });
    if (plugin.keep.governor.state === 'quarantined')
      return Promise.resolve({ ok: false, text: `plugin ${key} is in quarantine: ${plugin.keep.governor.reason}` });
    if (!plugin.vm?.usable) this.#reopen(plugin);
    if (!plugin.vm?.usable)
      return Promise.resolve({ ok: false, text: plugin.broken || `plugin ${key} is not running` });
    return new Promise((resolve) => work(plugin, resolve)).then((answer) => {
      if (this.jobs.waiting === 0) plugin.rest();
      return answer as { ok: boolean; text: string };
    });
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
          const conf = this.#sets[0]?.config[script.subdir]?.[script.key]?.[hook];
          if (conf?.enabled) plugin.event(script, 'onUnload', hook, true, conf.script_conf);
        }
      }
      plugin.close();
    }
    this.#now = { plugins: [], locales: new Locales(), claims: new Map() };
  }
}
