/**
 * The plugin room's face towards the engine. The engine owns one PluginHost; the host owns the worker thread and its
 * VMs. Nothing here waits: what does not fit into the queue is skipped and counted.
 */
import type { AlertEvent } from '../alerts/alert.ts';
import type { FlowRecord } from '../flows/record.ts';
import type { EntityProvider } from './entities.ts';
import type { StoredEntry } from './kv.ts';
import type { OutsideOptions } from './outside.ts';
import type { SyslogLine } from './protocol.ts';
import type { RecipientState } from './recipients.ts';
import type { ExternalFlow, HostScores } from './room.ts';
import type { SeriesStore } from './series.ts';
import type { PluginConfig, PluginInfo, Recipient } from './types.ts';

/** `protocolDetected`, `periodicUpdate`, `flowEnd`: when 4.2 calls them is in the plugin API reference, c.1. */
export type FlowHook = 'protocolDetected' | 'periodicUpdate' | 'flowEnd';

/** What is configured of plugins; without the later ones all entities have set 0 and nothing is granted. */
export type HostConfig = Pick<PluginConfig, 'configSets' | 'language'> & Partial<PluginConfig>;

export interface PluginHostOptions extends HostConfig {
  pluginDirs: string[];
  /** Only these plugins are loaded, by folder name; all when absent. */
  only?: string[];
  /** Folders of lists of addresses and names (lists.ts). */
  listDirs?: string[];
  /** What Lua runs on. */
  engine: 'wasm' | 'fengari';
  /** Sent once per batch, at most a few times a second. */
  onAlerts(items: AlertEvent[]): void;
  /** A plugin put a status on a flow; the engine keeps it with the flow for pages and later hooks. */
  onStatus(flowId: number, status: number, name: string, score: number, hosts?: HostScores): void;
  /** List of plugins changed (load, error, quarantine, meter every few seconds). */
  onPlugins(items: PluginInfo[]): void;
  onLog(level: 'error' | 'warn' | 'info' | 'debug', plugin: string, text: string): void;
  /** Hosts, networks and interfaces for periodic scripts; without it they see none. */
  entities?: EntityProvider;
  /** What plugins kept in an earlier life (ntop.setPref and its kin), and where it goes when it changed: every 30 s at most. */
  store?: StoredEntry[];
  onStore?(entries: StoredEntry[]): void;
  /** A plugin was told by an outside source of a flow, perhaps with an alert to be left on it. */
  onExternal?(flow: ExternalFlow): void;
  /** How plugins' requests to the world outside are made; default: outside.ts without a mail client. */
  outside?: Partial<OutsideOptions>;
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
  configure(config: HostConfig): void;
  /** A line of syslog for the script `producer`; false when too many wait. */
  syslog(line: SyslogLine): boolean;
  /** Renders a page that a plugin brings; the text is HTML that nobody has looked at. */
  page(plugin: string, file: string, get: { [name: string]: string }): Promise<{ ok: boolean; text: string }>;
  /** Sends a test message to a recipient that need not be saved. */
  tryRecipient(recipient: Recipient): Promise<{ ok: boolean; text: string }>;
  recipients(): RecipientState[];
  /** Time series that plugins write. */
  readonly series: SeriesStore;
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
