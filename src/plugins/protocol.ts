/** What host and worker say to each other besides the ring, and the shared memory they have. */
import type { MessagePort } from 'node:worker_threads';
import type { AlertEvent } from '../alerts/alert.ts';
import type { EntitySnapshot } from './entities.ts';
import type { RingMemory } from './ring.ts';
import type { AlertDraft, StatusNote } from './room.ts';
import type { ConfigSet, PluginInfo } from './types.ts';

/** Words of the pulse (Int32): which plugin's VM is running, how often one was entered, the worker's heart, its calls. */
export const PULSE = { slot: 0, entered: 1, heart: 2, calls: 3 } as const;
export const PULSE_BYTES = 32;

export interface LogLine {
  level: 'error' | 'warn' | 'info' | 'debug';
  plugin: string;
  text: string;
}

/** What a worker begins with; everything that must outlive one is here. */
export interface WorkerStart {
  ring: RingMemory;
  pulse: SharedArrayBuffer;
  wants: SharedArrayBuffer;
  entities: MessagePort;
  pluginDirs: string[];
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

/** An entity snapshot for the periodic run of that number. */
export interface EntityMessage {
  seq: number;
  snapshot: EntitySnapshot;
}

export type ToWorker =
  | { kind: 'wake' }
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
