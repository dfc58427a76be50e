/**
 * What the appliance offers to its admin page and API. The admin room knows nothing but this; tests hand it a fake.
 * Reads are synchronous and cheap (everything shown is in memory); writes resolve once they are on the disk.
 */
import type { StoredAlert } from '../alerts/alert.ts';
import type { Exclusion, ExclusionDraft, ExclusionPreview } from '../alerts/exclusion.ts';
import type { AlertGroup, Grouping } from '../alerts/group.ts';
import type { AlertMatch } from '../alerts/match.ts';
import type { Answer, Args, Topic } from '../link/topics.ts';
import type { EngineStats, FlowQuery, FlowRow } from '../messages.ts';
import type { NotifyPort } from '../notify/notify.ts';
import type {
  ConfigSet,
  Grants,
  HookConf,
  Permission,
  PluginInfo,
  Pool,
  PoolKind,
  Recipient,
  Subdir,
} from '../plugins/types.ts';
import type { NetworkPort } from './box-network.ts';
import type { CertificatePort } from './certificate.ts';
import type { MachineState } from './machine.ts';
import type { PluginFilesPort } from './plugin-files/port.ts';
import type { ProbePort } from './probe.ts';
import type { Settings } from './settings-schema.ts';
import type { SystemPort } from './system.ts';
import type { UpdatePort } from './update.ts';

export type { Settings } from './settings-schema.ts';

/** What the list shows; the conditions of a match must be canonical, as readMatch() gives them. */
export interface AlertFilter extends AlertMatch {
  state?: 'engaged' | 'past';
  /** At least this severity, 1..8. */
  severity?: number;
  /** At least this score. */
  score?: number;
  /** Last seen at or after, first seen at or before; ms since the epoch. */
  fromMs?: number;
  toMs?: number;
  /** Case-insensitive substring of text, client, server, protocol, host name or entity. */
  search?: string;
  acknowledged?: boolean;
  /** With or without an owner's note. */
  noted?: boolean;
  offset: number;
  limit: number;
}

export interface AlertsPort {
  /** Newest first. */
  query(filter: AlertFilter): { total: number; items: StoredAlert[] };
  /** As query(), folded: `total` groups of `alerts` rows; offset and limit count groups. */
  groups(filter: AlertFilter, by: Grouping): { total: number; alerts: number; items: AlertGroup[] };
  /** Ids of all that the filter shows, offset and limit ignored, newest first, at most `most`. */
  ids(filter: AlertFilter, most: number): string[];
  get(id: string): StoredAlert | undefined;
  /** How many alerts are in each group of this one, itself included. */
  alike(id: string): Record<Grouping, number>;
  /** Not acknowledged, by kind and in all; the bell shows `all`. */
  counts(): { all: number; byKind: Record<string, number>; engaged: number };
  acknowledge(ids: string[], on: boolean): Promise<void>;
  note(id: string, text: string): Promise<void>;
  remove(ids: string[]): Promise<void>;
  /** Documents, bytes on disk, limits, what was dropped or set aside, last flush. */
  health(): {
    documents: number;
    limit: number;
    fileBytes: number;
    fileLimit: number;
    dropped: number;
    pendingWrites: number;
    bytesWrittenToday: number;
    /** Sentences about files that were torn and set aside. */
    notices: string[];
  };
  /** Called on each change; returns the way to stop listening. */
  onChange(listener: () => void): () => void;
}

/** What is hidden before it is stored, and what that hid. */
export interface ExclusionsPort {
  /** Newest first. */
  list(): Exclusion[];
  get(id: string): Exclusion | undefined;
  /** What this match would have hidden of the stored alerts. */
  preview(match: AlertMatch): ExclusionPreview;
  /** Takes effect at once, resolves when it is on the disk. Rejects with a sentence when it holds nothing or there is no room. */
  add(draft: ExclusionDraft, author: string): Promise<Exclusion>;
  change(id: string, draft: ExclusionDraft): Promise<Exclusion | undefined>;
  remove(id: string): Promise<boolean>;
  /** Alerts hidden since midnight UTC, exclusions that were removed since included. */
  hiddenToday(): number;
}

export interface EnginePort {
  /** down: restarting with backoff; the reason is a sentence. */
  state(): { status: 'starting' | 'running' | 'down'; reason: string; restarts: number; pid: number; sinceMs: number };
  /** Last figures, at most a second old while running. */
  stats(): EngineStats | undefined;
  plugins(): PluginInfo[];
  flows(query: FlowQuery): Promise<{ total: number; items: FlowRow[] }>;
  flow(id: number): Promise<FlowRow | undefined>;
  /** Asks the engine a question of link/topics.ts; rejects with a sentence when it is down, late or has no answer. */
  ask<T extends Topic>(topic: T, args: Args<T>, timeoutMs?: number): Promise<Answer<T>>;
  reloadPlugins(): Promise<{ ok: boolean; text: string }>;
  releasePlugin(key: string): Promise<void>;
  /** Lines of the engine and the plugins, newest last, bounded. */
  logs(): { atMs: number; level: string; source: string; text: string }[];
}

export interface EvidencePort {
  /** A capture file (pcap) by the key of an alert's `evidence`; undefined once it was given up for newer ones. */
  read(key: string): Promise<Uint8Array | undefined>;
}

export interface ConfigPort {
  sets(): ConfigSet[];
  /** What a set (default: set 0) holds for a script, defaults filled in. */
  script(subdir: Subdir, key: string, set?: number): Record<string, HookConf>;
  /** Validates against the script's gui; on failure says which item and why, and saves nothing. */
  save(subdir: Subdir, key: string, conf: Record<string, HookConf>, set?: number): Promise<Saved>;
  /** The script's own defaults, not yet saved. */
  defaults(subdir: Subdir, key: string): Record<string, HookConf>;
  /** Configuration sets: `id` of the answer is the new or changed one. Set 0 can be neither renamed nor removed. */
  createSet(name: string): Promise<Saved>;
  cloneSet(id: number, name: string): Promise<Saved>;
  renameSet(id: number, name: string): Promise<Saved>;
  /** Pools bound to it fall back to set 0. */
  removeSet(id: number): Promise<Saved>;
  /** All scripts of a set to their factory values; without an id all sets, and all but set 0 are removed. */
  resetSet(id?: number): Promise<Saved>;
  /** JSON text of one set, or of all. */
  exportSets(id?: number): string;
  importSets(text: string): Promise<Saved>;
  pools(): Pool[];
  /** Adds a pool (without id) or replaces one. */
  savePool(pool: Omit<Pool, 'id'> & { id?: number }): Promise<Saved>;
  removePool(kind: PoolKind, id: number): Promise<Saved>;
  /** Who is told of alerts through plugins' back-ends; secrets are among the fields. */
  recipients(): Recipient[];
  /** Adds a recipient (id 0) or replaces one. */
  saveRecipient(recipient: Recipient): Promise<Saved>;
  removeRecipient(id: number): Promise<Saved>;
  /** Answers what a plugin asks for (PluginInfo.permissions). */
  permit(plugin: string, permission: Permission, granted: boolean): Promise<Saved>;
  /** Answers given so far, by plugin. */
  grants(): Grants;
}

export type Saved = { ok: true; id?: number } | { ok: false; field: string; message: string };

export interface SettingsPort {
  get(): Readonly<Settings>;
  update(change: Partial<Settings>): Promise<void>;
}

export interface HealthPort {
  machine(): MachineState;
  /** Parts in the order of the data's way; the admin page colours them. */
  parts(): { name: string; ok: boolean; text: string }[];
  process(): { uptimeMs: number; rssBytes: number; loopDelayP99Ms: number; version: string; node: string };
}

/** Words for nDPI's ids; undefined for an id that has none. */
export interface NamesPort {
  protocol(id: number): string | undefined;
  category(id: number): string | undefined;
  risk(id: number): string | undefined;
}

export interface AppliancePort {
  /** Without it pages show ids. */
  names?: NamesPort;
  pluginFiles: PluginFilesPort;
  alerts: AlertsPort;
  exclusions: ExclusionsPort;
  engine: EnginePort;
  evidence: EvidencePort;
  config: ConfigPort;
  settings: SettingsPort;
  health: HealthPort;
  notify: NotifyPort;
  system: SystemPort;
  updates: UpdatePort;
  probe: ProbePort;
  certificate: CertificatePort;
  network: NetworkPort;
  version: string;
}
