/**
 * The plugin room's face towards the engine. The engine owns one PluginHost; the host owns the worker thread and its
 * VMs. Nothing here waits: what does not fit into the queue is skipped and counted.
 */
import type { AlertEvent } from '../alerts/alert.ts';
import type { FlowRecord } from '../flows/record.ts';
import type { EntityProvider } from './entities.ts';
import type { ConfigSet, PluginInfo } from './types.ts';

/** `protocolDetected`, `periodicUpdate`, `flowEnd`: when 4.2 calls them is in the plugin API reference, c.1. */
export type FlowHook = 'protocolDetected' | 'periodicUpdate' | 'flowEnd';

export interface PluginHostOptions {
  pluginDirs: string[];
  /** Only these plugins are loaded, by folder name; all when absent. */
  only?: string[];
  language: string;
  configSets: ConfigSet[];
  /** What Lua runs on. */
  engine: 'wasm' | 'fengari';
  /** Sent once per batch, at most a few times a second. */
  onAlerts(items: AlertEvent[]): void;
  /** A plugin put a status on a flow; the engine keeps it with the flow for pages and later hooks. */
  onStatus(flowId: number, status: number, name: string, score: number): void;
  /** List of plugins changed (load, error, quarantine, meter every few seconds). */
  onPlugins(items: PluginInfo[]): void;
  onLog(level: 'error' | 'warn' | 'info' | 'debug', plugin: string, text: string): void;
  /** Hosts, networks and interfaces for periodic scripts; without it they see none. */
  entities?: EntityProvider;
  /** Preferences that scripts have set (ntop.setPref) in an earlier life, and where a change of one goes. */
  prefs?: { [key: string]: string };
  onPref?(key: string, value: string | undefined): void;
}

export interface PluginHost {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** True when at least one enabled script wants this hook for this L4 protocol and L7 ids: ask before making a record. */
  wants(hook: FlowHook, proto: number, master: number, app: number): boolean;
  /** Queues a hook call; false when it was skipped (queue full). The record is copied. */
  flow(hook: FlowHook, record: FlowRecord): boolean;
  /** Advances the packet clock of scripts (os.time, hook's `now`), ms. */
  clock(nowMs: number): void;
  configure(configSets: ConfigSet[], language: string): void;
  /** Reads all plugin folders again; resolves when the new set is in place (or says why not). */
  reload(): Promise<{ ok: boolean; text: string }>;
  /** Frees a plugin from quarantine. */
  release(plugin: string): void;
  /** Resolves when everything queued so far has been run and its alerts handed over (replay needs it). */
  drain(): Promise<void>;
  health(): {
    queue: number;
    queueLimit: number;
    skipped: number;
    calls: number;
    restarts: number;
    corePercent: number;
    progress: number;
  };
}
