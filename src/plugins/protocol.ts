/** What host and worker say to each other besides the ring, and the shared memory they have. */
import type { AlertEvent } from '../alerts/alert.ts';
import type { LuaValue } from '../sandbox/index.ts';
import type { JobAsk } from './jobs.ts';
import type { StoredEntry } from './kv.ts';
import type { RecipientState } from './recipients.ts';
import type { RingMemory } from './ring.ts';
import type { AlertDraft, ExternalFlow, StatusNote } from './room.ts';
import type { Point } from './series.ts';
import type { PluginConfig, PluginInfo, Recipient } from './types.ts';

/** A line that came in by syslog. */
export interface SyslogLine {
  producer: string;
  source: string;
  /** facility × 8 + severity. */
  priority: number;
  message: string;
}

/** Words of the shared counters (Int32): the worker's heart, its hook calls. */
export const STATS = { heart: 0, calls: 1 } as const;
export const STATS_BYTES = 16;

export interface LogLine {
  level: 'error' | 'warn' | 'info' | 'debug';
  plugin: string;
  text: string;
}

/** What a worker begins with; everything that must outlive one is here. */
export interface WorkerStart {
  ring: RingMemory;
  stats: SharedArrayBuffer;
  wants: SharedArrayBuffer;
  pluginDirs: string[];
  /** Only these plugins are loaded, by folder name; all when absent. */
  only?: string[];
  engine: 'wasm' | 'fengari';
  /** Folders of lists (lists.ts). */
  listDirs: string[];
  config: PluginConfig;
  prelude: { [name: string]: string };
  nowMs: number;
  /** Plugins in quarantine and why. */
  quarantined: { [key: string]: string };
  engaged: { event: AlertEvent; granularityId: number }[];
  /** Flows that have an alert: id, score, status. */
  alerted: [number, number, number][];
  /** What plugins kept: Kv.export(). */
  store: StoredEntry[];
  /** The entry a worker died on without a culprit is not tried again. */
  skipFirst: boolean;
}

export type ToWorker =
  | { kind: 'wake' }
  /**
   * For the periodic run of that number, whose entry is put into the ring after the last part: an EntitySnapshot as JSON,
   * which costs a third of a structured clone of so many keys.
   */
  | { kind: 'entities'; seq: number; part: string; last: boolean }
  | { kind: 'configure'; config: PluginConfig }
  /** Lines of syslog for the script of that name. */
  | { kind: 'syslog'; lines: SyslogLine[] }
  /** What a waiting call asked for; no values: refused or failed. */
  | { kind: 'answer'; id: number; values: LuaValue[] }
  | { kind: 'page'; id: number; plugin: string; file: string; get: { [name: string]: string } }
  | { kind: 'try'; id: number; recipient: Recipient }
  | { kind: 'reload'; id: number }
  | { kind: 'release'; plugin: string }
  /** Answered once the entry that was queued as number `upTo` is finished. */
  | { kind: 'drain'; id: number; upTo: number }
  | { kind: 'stop' };

export type FromWorker =
  | { kind: 'slot'; slot: number; key: string }
  | { kind: 'ready'; text: string }
  | { kind: 'alerts'; items: AlertDraft[] }
  | { kind: 'notes'; statuses: StatusNote[]; logs: LogLine[] }
  | { kind: 'plugins'; items: PluginInfo[]; corePercent: number }
  | {
      kind: 'wantsEntities';
      table: { [granularity: string]: { hosts: boolean; networks: boolean; interfaces: boolean } };
    }
  | { kind: 'quarantined'; table: { [key: string]: string } }
  | { kind: 'store'; entries: StoredEntry[] }
  | { kind: 'series'; points: Point[] }
  | { kind: 'seriesDelete'; plugin: string; prefix: string; tags: { [name: string]: string } }
  | { kind: 'ask'; ask: JobAsk }
  | { kind: 'external'; flow: ExternalFlow }
  | { kind: 'recipients'; items: RecipientState[]; producers: string[] }
  /** A page or a try is done. */
  | { kind: 'done'; id: number; ok: boolean; text: string }
  | { kind: 'reloaded'; id: number; ok: boolean; text: string }
  | { kind: 'drained'; id: number }
  | { kind: 'stopped' };
