/** State that all plugins of the worker share and that survives a reload: clock, flow statuses, engaged alerts, stores. */
import type { AlertEvent, AlertFlow, AlertKind } from '../alerts/alert.ts';
import { Countries } from './countries.ts';
import type { Judgement } from './device-policies.ts';
import type { EntitySnapshot, HostSnapshot, InterfaceSnapshot, NetworkSnapshot, Table } from './entities.ts';
import { Kv } from './kv.ts';
import { Lists } from './lists.ts';
import { flowProtocolName, l4Name } from './ndpi.ts';
import { defaultPools, PoolIndex } from './pools.ts';
import { Recipients } from './recipients.ts';
import type { Point } from './series.ts';
import type { FlowView } from './snapshot.ts';
import type { ConfigSet, PluginError } from './types.ts';

export const ROOM_LIMITS = {
  /** Flows with a status; about 100 bytes each. The oldest is forgotten first. */
  flows: 50_000,
  customInfos: 1000,
  /** Alerts engaged at a time. */
  engaged: 10_000,
  /** Entities whose last values are kept for deltas, and values of each. */
  entities: 50_000,
  values: 64,
  /** Bytes of an alert's parameters as JSON. */
  paramsBytes: 8192,
  text: 2048,
} as const;

export interface FlowState {
  /** Bits of the statuses 0..31 and 32..63. */
  low: number;
  high: number;
  score: number;
  alertedScore: number;
  alertedStatus: number;
}

export interface Engaged {
  event: AlertEvent;
  granularityId: number;
  /** Number of the periodic run that confirmed it last. */
  run: number;
}

/** An event without what only the host can give it. */
export type AlertDraft = Omit<AlertEvent, 'key' | 'quality'>;

export interface StatusNote {
  flowId: number;
  status: number;
  name: string;
  /** Sum of what the flow was given so far. */
  score: number;
  /** What the flow's hosts are given, when they are given something. */
  hosts?: HostScores;
}

export interface HostScores {
  client: string;
  server: string;
  vlan: number;
  clientScore: number;
  serverScore: number;
}

/** Where the worker's results go. */
export interface Outbox {
  alert(draft: AlertDraft): void;
  status(note: StatusNote): void;
  log(level: 'error' | 'warn' | 'info' | 'debug', plugin: string, text: string): void;
  series(point: Point): void;
  seriesDelete(plugin: string, prefix: string, tags: { [name: string]: string }): void;
  /** A flow that an outside source (an IDS) told of; `alert` is JSON to be left on it, "" when there is none. */
  external(flow: ExternalFlow): void;
}

/** How an outside source names a flow. */
export interface ExternalFlow {
  client: string;
  clientPort: number;
  server: string;
  serverPort: number;
  proto: number;
  vlan: number;
  alert: string;
}

/** The entity that periodic scripts are being run for. */
export interface EntityContext {
  kind: 'host' | 'interface' | 'network' | 'system';
  /** "192.168.1.5@0", "0", "192.168.1.0/24", "-1". */
  value: string;
  host?: HostSnapshot;
  iface?: InterfaceSnapshot;
  network?: NetworkSnapshot;
}

/** Bounds of Room.written: as many as series can be. */
export const WRITTEN = 256;

const ENTITY_KINDS: readonly AlertKind[] = ['interface', 'host', 'network', 'system', 'flow', 'host', 'network'];

export function alertKind(entity: number, value: string): AlertKind {
  if (entity === 0 && value === '-1') return 'system';
  return ENTITY_KINDS[entity] ?? 'system';
}

export class Room {
  readonly view: FlowView;
  readonly out: Outbox;
  readonly kv: Kv;
  readonly flows = new Map<number, FlowState>();
  readonly customInfos = new Map<number, string>();
  readonly engaged = new Map<string, Engaged>();
  readonly cachedValues = new Map<string, Map<string, string>>();
  /** Packet clock. */
  nowMs: number;
  readonly startedMs: number;
  configSets: ConfigSet[] = [];
  entity: EntityContext | undefined;
  entities: EntitySnapshot | undefined;
  /** Number of the current periodic run. */
  run = 0;
  /** MAC address by "ip@vlan", for core-events.ts. */
  readonly deviceOf = new Map<string, string>();
  pools = new PoolIndex(defaultPools());
  readonly recipients = new Recipients();
  /** Schemas and tags that were written to, for ts_utils.listSeries. */
  readonly written = new Map<string, { plugin: string; schema: string; tags: { [name: string]: string } }>();
  /** By MAC address. */
  devicePolicies = new Map<string, Judgement>();
  /** How our own periodic runs went, by script name: interface.getPeriodicActivitiesStats(). */
  readonly activities = new Map<string, Table>();
  /** What the scripts of kind syslog counted. */
  syslogStats = { events: 0, malformed: 0, dispatched: 0, unhandled: 0, alerts: 0, hosts: 0 };
  /** Alerts raised since the start, for ntop.systemHostStat. */
  alertsRaised = 0;
  alertsDropped = 0;
  /** Hook calls that did not fit into the queue, told by the host. */
  skippedHooks = 0;
  stopping = false;
  countries = new Countries();
  /** Addresses and names of the lists on disk. */
  lists = new Lists();

  constructor(view: FlowView, out: Outbox, nowMs: number) {
    this.view = view;
    this.out = out;
    this.nowMs = nowMs;
    this.startedMs = nowMs;
    this.kv = new Kv(() => this.nowMs);
  }

  /** What a script says a flow is about, instead of what the protocol tells; the oldest is forgotten first. */
  setCustomInfo(info: string): void {
    if (this.customInfos.size >= ROOM_LIMITS.customInfos)
      this.customInfos.delete(this.customInfos.keys().next().value!);
    this.customInfos.set(this.view.id, info.slice(0, 256));
  }
  /** The "info" of the current flow. */
  infoText(): string {
    const own = this.customInfos.size === 0 ? undefined : this.customInfos.get(this.view.id);
    return own ?? this.view.infoText;
  }

  flowState(): FlowState | undefined {
    return this.flows.get(this.view.id);
  }

  /** The state of the current flow, made if absent. */
  openFlowState(): FlowState {
    const id = this.view.id;
    let state = this.flows.get(id);
    if (!state) {
      if (this.flows.size >= ROOM_LIMITS.flows) this.flows.delete(this.flows.keys().next().value!);
      this.flows.set(id, (state = { low: 0, high: 0, score: 0, alertedScore: 0, alertedStatus: 0 }));
    }
    return state;
  }

  /** Sets a status bit of the current flow and adds its score, 0..1024. */
  setStatus(status: number, name: string, score: number, client = 0, server = 0): FlowState {
    const state = this.openFlowState();
    if (status < 32) state.low |= 1 << status;
    else state.high |= 1 << (status - 32);
    state.score += score;
    const { id, clientIp, serverIp, vlan } = this.view;
    const note: StatusNote = { flowId: id, status, name, score: state.score };
    if (client > 0 || server > 0)
      note.hosts = { client: clientIp, server: serverIp, vlan, clientScore: client, serverScore: server };
    this.out.status(note);
    return state;
  }

  /** The current flow as alerts carry it. */
  alertFlow(): AlertFlow {
    const v = this.view;
    return {
      id: v.id,
      client: v.clientIp,
      clientPort: v.clientPort,
      clientMac: v.clientMac,
      server: v.serverIp,
      serverPort: v.serverPort,
      serverMac: v.serverMac,
      vlan: v.vlan,
      l4: l4Name(v.proto),
      l7: flowProtocolName(v.master, v.app),
      master: v.master,
      app: v.app,
      hostname: v.hostname,
      bytes: v.c2sBytes + v.s2cBytes,
      packets: v.c2sPackets + v.s2cPackets,
      communityId: v.communityId,
    };
  }

  static engagedKey(entity: number, value: string, type: number, subtype: string, granularityId: number): string {
    return `${entity}|${value}|${type}|${subtype}|${granularityId}`;
  }

  release(key: string, atMs: number): boolean {
    const engaged = this.engaged.get(key);
    if (!engaged) return false;
    this.engaged.delete(key);
    const { key: _key, quality: _quality, ...draft } = engaged.event;
    this.out.alert({ ...draft, action: 'release', endMs: Math.max(atMs, draft.atMs) });
    return true;
  }

  /** Values of the current entity kept between runs. */
  entityValues(kind: string): Map<string, string> | undefined {
    const entity = this.entity;
    if (!entity || (entity.kind !== kind && !(kind === 'interface' && entity.kind === 'system'))) return undefined;
    const id = `${entity.kind}|${entity.value}`;
    let values = this.cachedValues.get(id);
    if (!values) {
      if (this.cachedValues.size >= ROOM_LIMITS.entities)
        this.cachedValues.delete(this.cachedValues.keys().next().value!);
      this.cachedValues.set(id, (values = new Map()));
    }
    return values;
  }
}

/** Keeps the newest of what may be many. */
export function remember(errors: PluginError[], error: PluginError, limit = 20): void {
  const same = errors.findIndex((e) => e.file === error.file && e.line === error.line && e.message === error.message);
  if (same >= 0) errors.splice(same, 1);
  errors.push(error);
  if (errors.length > limit) errors.shift();
}

/** Plain text of what may hold the HTML that 4.2's descriptions are written in. */
export function plainText(text: string): string {
  return text
    .replace(/<\/?(?:a|b|i|u|br|p|span|div|strong|em|small|sup|sub|ul|ol|li|font|img|code|pre|h[1-6])\b[^<>]*>/gi, '')
    .replace(/&(nbsp|amp|lt|gt|quot|#39|#039);/g, (_, name: string) => ENTITIES[name] ?? ' ')
    .trim()
    .slice(0, ROOM_LIMITS.text);
}
const ENTITIES: { [name: string]: string } = {
  nbsp: ' ',
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  '#39': "'",
  '#039': "'",
};

/** Parameters as they travel with an alert: JSON, bounded. */
export function boundedParams(params: unknown): unknown {
  if (params === undefined || params === null) return undefined;
  if (typeof params === 'string') return params.slice(0, ROOM_LIMITS.paramsBytes);
  const text = JSON.stringify(params);
  return text === undefined || text.length > ROOM_LIMITS.paramsBytes ? undefined : params;
}
