/** A plugin room in the test's own thread: plugins given as texts, flows run at once, everything it says collected. */
import type { FlowRecord } from '../../flows/record.ts';
import type { LuaValue } from '../../sandbox/index.ts';
import { preludeFiles } from '../assets.ts';
import type { Granularity } from '../configsets.ts';
import type { EntitySnapshot } from '../entities.ts';
import type { FlowHook } from '../host-port.ts';
import type { JobAsk } from '../jobs.ts';
import { createRing, RingReader, RingWriter } from '../ring.ts';
import { type AlertDraft, type ExternalFlow, Room, type StatusNote } from '../room.ts';
import { House } from '../runtime.ts';
import type { Scan } from '../scan.ts';
import type { Point } from '../series.ts';
import { FlowView, KIND, writeFlow } from '../snapshot.ts';
import type { ConfigSet, HookConf, PluginConfig, PluginInfo } from '../types.ts';
import { WANTS_BYTES, WantsReader, WantsWriter } from '../wants.ts';

export type Files = { [path: string]: string };

const MANIFEST = 'return { title = "T", description = "D", author = "A", dependencies = {} }';

/** A scan as if these folders had been found; a manifest is added where there is none. */
export function scanOf(plugins: { [key: string]: Files }): Scan {
  return {
    plugins: Object.entries(plugins).map(([key, files]) => ({
      key,
      path: `/plugins/${key}`,
      files: new Map(Object.entries({ 'manifest.lua': MANIFEST, ...files })),
      errors: [],
    })),
    warnings: [],
  };
}

/** Set 0 with `{subdir: {script: {hook: conf}}}`; a conf without `enabled` is enabled. */
export function setOf(config: {
  [subdir: string]: { [script: string]: { [hook: string]: Partial<HookConf> } };
}): ConfigSet {
  const out: ConfigSet = { id: 0, name: 'Default', config: {} };
  for (const [subdir, scripts] of Object.entries(config)) {
    out.config[subdir] = {};
    for (const [script, hooks] of Object.entries(scripts)) {
      out.config[subdir][script] = {};
      for (const [hook, conf] of Object.entries(hooks)) {
        out.config[subdir][script][hook] = { enabled: conf.enabled ?? true, script_conf: conf.script_conf ?? {} };
      }
    }
  }
  return out;
}

/** What Lua runs on in this process; engines.test.ts runs the suites on the other one. */
export const LUA: 'wasm' | 'fengari' = process.env['SPANWATCH_TEST_LUA'] === 'fengari' ? 'fengari' : 'wasm';

export class Kit {
  readonly alerts: AlertDraft[] = [];
  readonly statuses: StatusNote[] = [];
  readonly points: Point[] = [];
  readonly externals: ExternalFlow[] = [];
  readonly asks: JobAsk[] = [];
  /** The world outside; undefined lets the call wait. Default: nothing is permitted. */
  outside: (ask: JobAsk) => LuaValue[] | undefined = () => [];
  readonly logs: { level: string; plugin: string; text: string }[] = [];
  readonly room: Room;
  readonly house: House;
  readonly wants: WantsReader;
  #writer: RingWriter;
  #reader: RingReader;

  constructor(nowMs = 1_600_000_000_000, engine = LUA) {
    const ring = createRing(1 << 20);
    this.#writer = new RingWriter(ring);
    this.#reader = new RingReader(ring);
    const out = {
      alert: (draft: AlertDraft) => {
        this.alerts.push(draft);
        this.room.recipients.offer(draft);
      },
      status: (note: StatusNote) => void this.statuses.push(note),
      log: (level: string, plugin: string, text: string) => void this.logs.push({ level, plugin, text }),
      series: (point: Point) => void this.points.push(point),
      seriesDelete: () => {},
      external: (flow: ExternalFlow) => void this.externals.push(flow),
    };
    this.room = new Room(new FlowView(this.#reader), out, nowMs);
    const memory = new SharedArrayBuffer(WANTS_BYTES);
    this.wants = new WantsReader(memory);
    const slots = new Map<string, number>();
    this.house = new House({
      room: this.room,
      prelude: preludeFiles(),
      engine,
      wants: new WantsWriter(memory),
      pulse: () => ({ enter: () => {}, leave: () => {} }),
      slot: (key) => {
        if (!slots.has(key)) slots.set(key, slots.size + 1);
        return slots.get(key)!;
      },
      changed: () => {},
      ask: (ask) => {
        this.asks.push(ask);
        const values = this.outside(ask);
        if (values) this.house.jobs.answer(ask.id, values);
      },
    });
  }

  load(plugins: { [key: string]: Files }, set?: ConfigSet): Promise<this> {
    return this.loadScan(scanOf(plugins), set);
  }
  async loadScan(scan: Scan, set?: ConfigSet, over: Partial<PluginConfig> = {}): Promise<this> {
    const config = { configSets: set ? [set] : [], pools: [], grants: {}, recipients: [], language: 'en', ...over };
    await this.house.load(scan, config, () => Promise.resolve());
    return this;
  }

  flow(record: FlowRecord, hook: FlowHook = 'protocolDetected'): void {
    if (!writeFlow(this.#writer, KIND[hook], record.lastMs, record)) throw new Error('the ring is full');
    const kind = this.#reader.next();
    this.room.view.bind(this.#reader.offset);
    this.house.flow(kind - KIND.protocolDetected);
    this.#reader.finish();
  }

  /** The way of a record through the ring alone. */
  snapshotOnly(record: FlowRecord): void {
    writeFlow(this.#writer, KIND.protocolDetected, record.lastMs, record);
    this.#reader.next();
    this.room.view.bind(this.#reader.offset);
    this.#reader.finish();
  }

  periodic(granularity: Granularity, nowMs: number, entities?: EntitySnapshot): void {
    this.room.entities = entities;
    this.room.nowMs = nowMs;
    for (const _ of this.house.periodic(granularity, nowMs));
  }

  plugin(key: string): PluginInfo {
    const info = this.house.infos().find((p) => p.key === key);
    if (!info) throw new Error(`no plugin ${key}`);
    return info;
  }
  texts(plugin?: string): string[] {
    return this.logs.filter((l) => plugin === undefined || l.plugin === plugin).map((l) => l.text);
  }
  close(): void {
    this.house.close();
  }
}

/** A flow script whose protocolDetected has this body; `head` goes before the returned table's hooks. */
export const flowScript = (body: string, keys = '', hook = 'protocolDetected'): string =>
  `local user_scripts = require "user_scripts"
local flow_consts = require "flow_consts"
local alert_consts = require "alert_consts"
local script = { category = user_scripts.script_categories.security, hooks = {}, ${keys} }
function script.hooks.${hook}(now, conf)
${body}
end
return script
`;

/** A periodic script. */
export const periodicScript = (hook: string, body: string, keys = ''): string =>
  `local user_scripts = require "user_scripts"
local alerts_api = require "alerts_api"
local alert_consts = require "alert_consts"
local script = { category = user_scripts.script_categories.network, hooks = {}, ${keys} }
script.hooks["${hook}"] = function(params)
${body}
end
return script
`;

export const trigger = (status: string, score: number, params = 'nil'): string =>
  `flow.triggerStatus(flow_consts.status_types.${status}.create(flow_consts.status_types.${status}.alert_severity, ${params}), ${score}, 0, ${score})`;
