/** A plugin over flows that are over: the engine's recent ones. Runs beside the live plugins, in a worker of its own. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { FlowRecord } from '../flows/record.ts';
import { addDefaults, emptySet, scriptConf, toggleScript, updateScript } from '../plugins/configsets.ts';
import { createPluginHost } from '../plugins/host.ts';
import type { ConfigSet, PluginInfo } from '../plugins/types.ts';
import { couldNotFire, type WouldFire, WouldFireCount } from './would-fire.ts';

export const RECENT_RUN_LIMITS = {
  /** Milliseconds the whole run may take. */
  ms: 60_000,
  /** Flows between two turns of the event loop: capture comes first. */
  batch: 64,
} as const;

/** Kinds of script that flows alone are enough for. */
const FLOWS_ARE_ENOUGH = 'flow';

export interface RecentRunOptions {
  /** Folder that holds the plugin's folder, and the plugin's name. */
  dir: string;
  key: string;
  /** What is configured now; a script that is not in it gets its author's values and is switched on. */
  configured?: ConfigSet | undefined;
  flows: { count: number; at(index: number): FlowRecord };
  lua?: 'wasm' | 'fengari';
  listDirs?: string[];
}

/** Never rejects; what went wrong is said in the result. */
export async function runOverRecent(options: RecentRunOptions): Promise<WouldFire> {
  const { flows } = options;
  const count = new WouldFireCount();
  let infos: PluginInfo[] = [];
  const host = createPluginHost({
    pluginDirs: [options.dir],
    only: [options.key],
    language: 'en',
    configSets: [emptySet()],
    engine: options.lua ?? 'wasm',
    listDirs: options.listDirs ?? [],
    onAlerts: (items) => {
      for (const item of items) count.add(item);
    },
    onStatus: () => {},
    onPlugins: (items) => {
      infos = items;
    },
    onLog: () => {},
  });
  try {
    await host.start();
    await host.drain();
    const plugin = infos.find((info) => info.key === options.key);
    if (!plugin) return couldNotFire('recent', `there is no plugin ${options.key} in ${options.dir}`);
    if (plugin.state === 'error' || plugin.state === 'disabled') return couldNotFire('recent', plugin.reason);
    host.configure({ configSets: [setFor(plugin, options.configured)], language: 'en' });
    await host.drain();
    const until = performance.now() + RECENT_RUN_LIMITS.ms;
    const seen = { flows: 0, fromMs: 0, toMs: 0, notes: [] as string[] };
    for (let i = 0; i < flows.count; i++) {
      const record = flows.at(i);
      const { proto, master, app, lastMs } = record;
      host.clock(lastMs);
      for (const hook of ['protocolDetected', 'flowEnd'] as const) {
        if (!host.wants(hook, proto, master, app)) continue;
        while (!host.flow(hook, record) && performance.now() < until) await sleep(2);
      }
      seen.flows++;
      seen.fromMs = seen.fromMs === 0 ? record.firstMs : Math.min(seen.fromMs, record.firstMs);
      seen.toMs = Math.max(seen.toMs, lastMs);
      if (i % RECENT_RUN_LIMITS.batch === RECENT_RUN_LIMITS.batch - 1) await sleep(0);
      if (performance.now() > until) {
        seen.notes.push(
          `stopped after ${RECENT_RUN_LIMITS.ms / 1000} s: ${i + 1} of ${flows.count} flows were looked at`,
        );
        break;
      }
    }
    await Promise.race([host.drain(), sleep(RECENT_RUN_LIMITS.ms)]);
    const after = infos.find((info) => info.key === options.key) ?? plugin;
    const others = after.scripts.filter((s) => s.subdir !== FLOWS_ARE_ENOUGH && s.state === 'ok').map((s) => s.title);
    if (others.length > 0)
      seen.notes.push(`not asked, because flows alone do not tell enough: ${others.join(', ')}; try a capture`);
    for (const { file, line, message } of after.errors) seen.notes.push(`${file}:${line}: ${message}`);
    if (after.state === 'quarantined') seen.notes.push(after.reason);
    return count.result('recent', seen);
  } catch (error) {
    return couldNotFire('recent', error instanceof Error ? error.message : String(error));
  } finally {
    await host.stop();
  }
}

/** What is configured, with every script switched on. */
function setFor(plugin: PluginInfo, configured: ConfigSet | undefined): ConfigSet {
  let { set } = addDefaults(emptySet(), plugin.scripts);
  for (const script of plugin.scripts) {
    if (configured?.config[script.subdir]?.[script.key])
      set = updateScript(set, script.subdir, script.key, scriptConf(configured, script));
    set = toggleScript(set, script, true);
  }
  return set;
}
