/**
 * Everything the appliance and the engine say to each other, one JSON object a line over a Unix socket.
 * Raise PROTOCOL_VERSION when an old peer would misread a message; peers of different versions part with a clear word.
 */
import type { AlertEvent } from './alerts/alert.ts';
import type { SourceState, SourceStats } from './capture/source.ts';
import type { FlowRecord } from './flows/record.ts';
import type { Topic } from './link/topics.ts';
import type { ConfigSet, Grants, PluginInfo, Pool, Recipient } from './plugins/types.ts';

export const PROTOCOL_VERSION = 1;

export interface EngineConfig {
  /** CIDRs that count as local. */
  localNetworks: string[];
  /** Names of the tunnels to look into (decode/context.ts); what is missing is the default. */
  tunnels?: string[];
  /** The owner's lines of host names, "pattern application"; none when missing. */
  ownHosts?: string[];
  configSets: ConfigSet[];
  /** Which hosts, networks and interfaces have which set. */
  pools: Pool[];
  /** What the owner allowed plugins to touch. */
  grants: Grants;
  /** Who is told of alerts through back-ends that plugins bring. */
  recipients: Recipient[];
  /** Protocols that devices should not speak, as lines of device-policies.ts. */
  devicePolicies?: string[];
  /** Lines from other machines for scripts of kind syslog: where they come in, and which script gets whose ("*" = anyone's). */
  syslog: { listen: string; producers: { [source: string]: string } };
  /** Language of plugin texts, "en". */
  language: string;
  /** What Lua runs on; another engine takes effect when the engine process starts. Default wasm. */
  lua?: 'wasm' | 'fengari';
  /** Folders searched for plugins, shipped first. */
  pluginDirs: string[];
  /** Plugin keys that the owner freed from quarantine since the last message. */
  release: string[];
}

export interface EngineStats {
  atMs: number;
  /** Packet time of the newest packet, ms. */
  clockMs: number;
  uptimeMs: number;
  source: { kind: string; name: string; state: SourceState; stats: SourceStats };
  packets: number;
  bytes: number;
  packetsPerSecond: number;
  bitsPerSecond: number;
  flows: { active: number; limit: number; created: number; evicted: number; ended: number };
  hosts: { active: number; limit: number; evicted: number };
  /** Named counters of oddities and refusals, "decode.erspan.too_short": n. */
  counters: Record<string, number>;
  plugins: { queue: number; queueLimit: number; skipped: number; calls: number; restarts: number; corePercent: number };
  memory: { rssBytes: number };
  /** Garbage collections of the capture thread since start; absent from an engine before 0.1. */
  pauses?: { count: number; p999Ms: number; maxMs: number };
  /** Each grows only while its part works; the watchdog compares them. */
  progress: { capture: number; engine: number; plugins: number };
}

export interface FlowQuery {
  /** Substring of address, name or protocol; empty = all. */
  search: string;
  limit: number;
  sort: 'last' | 'bytes' | 'score';
  /** Flows in the table, or those that ended of late (the last 2000); default live. */
  which?: 'live' | 'recent';
}

/** What the appliance's pages show of a flow besides its record. */
export interface FlowRow extends FlowRecord {
  score: number;
  /** Names of the statuses that plugins set. */
  statuses: string[];
}

export type ToAppliance =
  | { kind: 'hello'; protocol: number; version: string; pid: number; bootId: string }
  | { kind: 'stats'; stats: EngineStats }
  | { kind: 'alerts'; items: AlertEvent[] }
  | { kind: 'plugins'; items: PluginInfo[] }
  | { kind: 'flows'; request: number; total: number; items: FlowRow[] }
  | { kind: 'reloaded'; request: number; ok: boolean; text: string }
  /** Answer to `ask`; with `ok` false there is an `error` sentence and no value. */
  | { kind: 'answer'; request: number; topic: Topic; ok: boolean; value: unknown; error: string }
  | { kind: 'log'; level: 'error' | 'warn' | 'info' | 'debug'; source: string; text: string };

export type ToEngine =
  | { kind: 'hello'; protocol: number; version: string }
  | { kind: 'configure'; config: EngineConfig }
  /** Alerts that are flushed to the store; the engine forgets them. */
  | { kind: 'ack'; keys: string[] }
  | { kind: 'flows'; request: number; query: FlowQuery }
  | { kind: 'flow'; request: number; id: number }
  | { kind: 'reload'; request: number }
  | { kind: 'ask'; request: number; topic: Topic; args: unknown }
  | { kind: 'stop' };
