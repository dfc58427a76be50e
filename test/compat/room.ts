/**
 * The re-creations of ntopng 4.2's community plugins over real frames: the engine's own pipeline and the plugin room in
 * one thread, so that a case runs the same each time. What the room asks of the world outside is answered by the case.
 */
import { fileURLToPath } from 'node:url';
import { newFrame, type PacketSource } from '../../src/capture/source.ts';
import { Entities } from '../../src/engine/entities.ts';
import { Pipeline } from '../../src/engine/pipeline.ts';
import type { FlowRecord } from '../../src/flows/record.ts';
import { limitsFor } from '../../src/limits.ts';
import {
  addDefaults,
  emptySet,
  GRANULARITIES,
  GRANULARITY_SECONDS,
  toggleScript,
  updateScript,
} from '../../src/plugins/configsets.ts';
import type { FlowHook } from '../../src/plugins/host-port.ts';
import { type Scan, scanPlugins } from '../../src/plugins/scan.ts';
import { Kit } from '../../src/plugins/testing/kit.ts';
import type { ConfigSet, PluginConfig, ScriptConf } from '../../src/plugins/types.ts';
import { parseConf } from '../../src/plugins/validate.ts';

export const PLUGINS = fileURLToPath(new URL('../compat-plugins', import.meta.url));

let scanned: Scan | undefined;
export const scan = (): Scan => (scanned ??= scanPlugins([PLUGINS]));

/** Configuration of a script as a person types it: for a threshold per granularity, else the form's fields. */
export type Typed = { [script: string]: ScriptConf };

/** 2026-01-05 09:00:00 UTC, the start of a minute, an hour. */
export const START_US = Date.UTC(2026, 0, 5, 9, 0, 0) * 1000;

export class CompatRoom {
  readonly kit: Kit;
  readonly pipeline: Pipeline;
  readonly drops = { kernel: 0 };
  readonly #entities: Entities;
  readonly #frame = newFrame();
  #turned = GRANULARITIES.map(() => 0);
  nowUs = START_US;

  private constructor(flows: number) {
    this.kit = new Kit(START_US / 1000);
    const hook = (name: FlowHook) => (f: number) => this.hook(name, this.pipeline.record(f));
    this.pipeline = new Pipeline(
      { ...limitsFor(1 << 30), flows, hosts: Math.max(64, flows >> 2) },
      { detected: hook('protocolDetected'), periodic: hook('periodicUpdate'), ended: hook('flowEnd') },
    );
    const source = {
      name: 'eth1',
      kind: 'file',
      stats: () => ({
        received: this.pipeline.packets,
        kernelDropped: this.drops.kernel,
        interfaceDropped: 0,
        truncated: 0,
      }),
    };
    this.#entities = new Entities(this.pipeline, source as unknown as PacketSource, () => this.kit.room.skippedHooks);
  }

  /** Loads plugins with their factory values; scripts that are named are switched on with what is typed. */
  static async open(
    keys: readonly string[],
    typed: Typed = {},
    over: Partial<PluginConfig> & { flows?: number } = {},
  ): Promise<CompatRoom> {
    const { flows = 8192, ...config } = over;
    const room = new CompatRoom(flows);
    const plugins = scan().plugins.filter((plugin) => keys.includes(plugin.key));
    const one = { plugins, warnings: [] };
    await room.kit.loadScan(one);
    await room.kit.loadScan(one, configure(room.kit, typed), config);
    return room;
  }

  hook(name: FlowHook, record: FlowRecord): void {
    if (this.kit.wants.wants(name, record.proto, record.master, record.app)) this.kit.flow(record, name);
  }

  /** Frames at seconds after the start, in their order. */
  frames(list: readonly { at: number; frame: Buffer }[]): void {
    for (const { at, frame } of [...list].sort((a, b) => a.at - b.at)) {
      this.advance(START_US + at * 1e6);
      this.#frame.buf = frame;
      this.#frame.off = 0;
      this.#frame.capLen = this.#frame.wireLen = frame.length;
      this.#frame.timeUs = this.nowUs;
      this.pipeline.packet(this.#frame);
    }
  }

  /** Lets the packet clock go on; runs what is due. */
  advance(untilUs: number): void {
    for (let us = Math.min(untilUs, this.nowUs + 5e6); ; us = Math.min(untilUs, us + 5e6)) {
      this.nowUs = us;
      this.pipeline.flows.tick(us);
      this.#turn(us / 1000);
      if (us >= untilUs) return;
    }
  }
  minutes(n: number): void {
    this.advance(this.nowUs + n * 60e6);
  }

  #turn(nowMs: number): void {
    for (const [i, granularity] of GRANULARITIES.entries()) {
      const turn = Math.floor(nowMs / (GRANULARITY_SECONDS[granularity] * 1000));
      if (turn === this.#turned[i]) continue;
      const first = this.#turned[i] === 0;
      this.#turned[i] = turn;
      if (!first) {
        const wanted = this.kit.house.wantsEntities(granularity);
        this.kit.periodic(granularity, nowMs, this.#entities.snapshot(granularity, wanted));
      }
    }
  }

  close(): void {
    this.kit.close();
  }
}

/** The default set with what a person typed, judged by the forms themselves. */
export function configure(kit: Kit, typed: Typed): ConfigSet {
  const scripts = kit.house.infos().flatMap((plugin) => plugin.scripts);
  let { set } = addDefaults(emptySet(), scripts);
  for (const [name, conf] of Object.entries(typed)) {
    const [subdir, key] = name.split('/');
    const script = scripts.find((one) => one.subdir === subdir && one.key === key);
    if (!script) throw new Error(`there is no script ${name}`);
    const perHook = script.configHooks[0] !== 'all';
    const hooks = perHook && typeof conf['hook'] === 'string' ? [conf['hook']] : script.configHooks;
    const { hook: _hook, ...values } = conf;
    if (hooks.length === script.configHooks.length) set = toggleScript(set, script, true);
    for (const one of hooks) {
      const stored = Object.keys(values).length === 0 ? script.defaultConf : values;
      const parsed = parseConf(script.gui, one, { enabled: true, script_conf: stored });
      if (!parsed.ok) throw new Error(`${name}: ${parsed.field}: ${parsed.message}`);
      set = updateScript(set, script.subdir, script.key, { [one]: parsed.conf });
    }
  }
  return set;
}
