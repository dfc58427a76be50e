/** What host and worker say to each other besides the ring, and the shared memory they have. */
import type { AlertEvent } from '../alerts/alert.ts';
import type { EntitySnapshot } from './entities.ts';
import type { RingMemory } from './ring.ts';
import type { AlertDraft, StatusNote } from './room.ts';
import type { ConfigSet, PluginInfo } from './types.ts';

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
  language: string;
  configSets: ConfigSet[];
  prelude: { [name: string]: string };
  nowMs: number;
  /** Plugins in quarantine and why. */
  quarantined: { [key: string]: string };
  engaged: { event: AlertEvent; granularityId: number }[];
  /** Flows that have an alert: id, score, status. */
  alerted: [number, number, number][];
  prefs: { [key: string]: string };
  /** The entry a worker died on without a culprit is not tried again. */
  skipFirst: boolean;
}

export type ToWorker =
  | { kind: 'wake' }
  /** For the periodic run of that number, whose entry is put into the ring right after. */
  | { kind: 'entities'; seq: number; snapshot: EntitySnapshot }
  | { kind: 'configure'; configSets: ConfigSet[]; language: string }
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
  | { kind: 'pref'; key: string; value: string | undefined }
  | { kind: 'reloaded'; id: number; ok: boolean; text: string }
  | { kind: 'drained'; id: number }
  | { kind: 'stopped' };
