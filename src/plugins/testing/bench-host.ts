/** A whole plugin room with its thread, over plugin folders on disk that are gone afterwards. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { AlertEvent } from '../../alerts/alert.ts';
import { createPluginHost } from '../host.ts';
import type { PluginHost, PluginHostOptions } from '../host-port.ts';
import type { PluginInfo } from '../types.ts';
import type { Files } from './kit.ts';

const MANIFEST = 'return { title = "T", description = "D", author = "A" }';
export interface Bench {
  root: string;
  host: PluginHost;
  alerts: AlertEvent[];
  logs: string[];
  infos(): PluginInfo[];
  plugin(key: string): PluginInfo;
}

/** A host with its worker thread over folders on disk. */
export async function withHost(
  plugins: { [key: string]: Files },
  work: (bench: Bench) => Promise<void>,
  over: Partial<PluginHostOptions> = {},
): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'spanwatch-plugins-'));
  write(root, plugins);
  const alerts: AlertEvent[] = [];
  const logs: string[] = [];
  let infos: PluginInfo[] = [];
  const host = createPluginHost({
    pluginDirs: [root],
    language: 'en',
    configSets: [],
    engine: 'wasm',
    onAlerts: (items) => alerts.push(...items),
    onStatus: () => {},
    onPlugins: (items) => {
      infos = items;
    },
    onLog: (level, plugin, text) => logs.push(`${level} ${plugin}: ${text}`),
    ...over,
  });
  try {
    await host.start();
    const plugin = (key: string) => {
      const found = infos.find((info) => info.key === key);
      assert.ok(found, `plugin ${key} is listed`);
      return found;
    };
    await work({ root, host, alerts, logs, infos: () => infos, plugin });
  } finally {
    await host.stop();
    rmSync(root, { recursive: true, force: true });
  }
}

export function write(root: string, plugins: { [key: string]: Files }): void {
  for (const [key, files] of Object.entries(plugins)) {
    for (const [file, text] of Object.entries({ 'manifest.lua': MANIFEST, ...files })) {
      mkdirSync(dirname(join(root, key, file)), { recursive: true });
      writeFileSync(join(root, key, file), text);
    }
  }
}
