/**
 * interface.*, host.*, network.*: answers from the snapshot of the current periodic run. What the engine has not supplied
 * is answered with no value, as 4.2 does outside of a context.
 */
import type { HostFunction, LuaValue, Vm } from '../sandbox/index.ts';
import { type Binder, binderOf } from './api-flow.ts';
import type { HostSnapshot, InterfaceSnapshot, Table } from './entities.ts';
import { allCategories, allProtocols, categoryId, l4ByScriptName, protocolId, protocolName } from './ndpi.ts';
import { type EntityContext, type ExternalFlow, ROOM_LIMITS, type Room } from './room.ts';

const asTable = (value: Table): LuaValue => value as unknown as LuaValue;
const one = (value: LuaValue | Table | undefined): LuaValue[] => (value === undefined ? [] : [value as LuaValue]);

/** Keys of a table, absent ones left out. */
function pick(table: Table | undefined, ...keys: string[]): LuaValue[] {
  if (!table) return [];
  const out: { [key: string]: LuaValue } = {};
  for (const key of keys) {
    if (table[key] !== undefined) out[key] = table[key] as LuaValue;
  }
  return [out];
}

/** Without a provider: one interface of which only our own counters are known. */
function bareInterface(room: Room): InterfaceSnapshot {
  return {
    id: 0,
    name: 'capture',
    stats: {
      id: 0,
      name: 'capture',
      'seen.last': Math.floor(room.nowMs / 1000),
      stats: { num_dropped_flow_scripts_calls: room.skippedHooks, bytes: 0, packets: 0, local_hosts: 0 },
      stats_since_reset: { drops: 0, packets: 0 },
      bcast_domains: {},
      anomalies: {},
      ndpi: {},
      ndpi_categories: {},
    },
  };
}

export function interfacesOf(room: Room): InterfaceSnapshot[] {
  const known = room.entities?.interfaces;
  if (!known || known.length === 0) return [bareInterface(room)];
  for (const iface of known) {
    const stats = iface.stats['stats'];
    if (typeof stats === 'object' && stats !== null && !Array.isArray(stats)) {
      stats['num_dropped_flow_scripts_calls'] ??= room.skippedHooks;
    }
  }
  return known;
}

function cached(room: Room, kind: EntityContext['kind']): { [name: string]: HostFunction } {
  return {
    getCachedAlertValue: ([key, periodicity]) => {
      const values = room.entityValues(kind);
      return values ? [values.get(`${String(key)}/${String(periodicity)}`) ?? ''] : [];
    },
    setCachedAlertValue: ([key, value, periodicity]) => {
      const values = room.entityValues(kind);
      const name = `${String(key)}/${String(periodicity)}`.slice(0, 256);
      if (!values || (values.size >= ROOM_LIMITS.values && !values.has(name))) return [];
      values.set(name, String(value).slice(0, 256));
      return [true];
    },
    getAlerts: ([granularity]) => {
      const entity = room.entity;
      if (entity?.kind !== kind) return [];
      return [alertsOf(room, kind === 'host' ? 1 : kind === 'network' ? 2 : 0, entity.value, Number(granularity) || 0)];
    },
    checkContext: () => [true],
    storeTriggeredAlert: () => [],
    releaseTriggeredAlert: () => [],
  };
}

/** Engaged alerts as scripts see them; granularity 0 = all. */
export function alertsOf(
  room: Room,
  entity: number | undefined,
  value: string | undefined,
  granularityId: number,
): LuaValue[] {
  const out: LuaValue[] = [];
  for (const { event, granularityId: id } of room.engaged.values()) {
    if (entity !== undefined && event.entity !== entity) continue;
    if (value !== undefined && event.entityValue !== value) continue;
    if (granularityId !== 0 && id !== granularityId) continue;
    out.push({
      alert_type: event.type,
      alert_subtype: event.subtype,
      alert_severity: event.severity,
      alert_entity: event.entity,
      alert_entity_val: event.entityValue,
      alert_tstamp: Math.floor(event.atMs / 1000),
      alert_tstamp_end: Math.floor(room.nowMs / 1000),
      alert_granularity: event.granularity,
      alert_json: event.params === undefined ? '{}' : JSON.stringify(event.params),
      text: event.text,
    });
  }
  return out;
}

function hostFunctions(room: Room): { [name: string]: HostFunction } {
  const host = () => room.entity?.host;
  const info = (): Table | undefined => host()?.info;
  const traffic =
    (field: 'applications' | 'categories'): HostFunction =>
    ([id]) => {
      const h = host();
      return h ? [h[field]?.[Number(id)] ?? 0] : [];
    };
  return {
    ...cached(room, 'host'),
    getIp: () => one(host() && { ip: host()!.ip, vlan: host()!.vlan }),
    isLocal: () => one(host()?.local),
    getTsKey: () => one(host() && (host()!.vlan === 0 ? host()!.ip : `${host()!.ip}@${host()!.vlan}`)),
    getPoolId: () => one(host() && { host_pool_id: poolOf(room, host()!) }),
    getBytes: () => pick(info(), 'bytes.sent', 'bytes.rcvd'),
    getPackets: () => pick(info(), 'packets.sent', 'packets.rcvd'),
    getApplicationBytes: traffic('applications'),
    getCategoryBytes: traffic('categories'),
    getNumFlows: () => pick(info(), 'total_flows.as_client', 'total_flows.as_server'),
    getTime: () => pick(info(), 'seen.first', 'seen.last', 'duration', 'total_activity_time'),
    getDNSInfo: () => one(host() && (host()!.dns ? { dns: asTable(host()!.dns!) } : {})),
    getHTTPInfo: () => one(host() && (host()!.http ? { http: asTable(host()!.http!) } : {})),
    getFlowFlood: () => pick(info(), 'hits.flow_flood_attacker', 'hits.flow_flood_victim'),
    getSynFlood: () => pick(info(), 'hits.syn_flood_attacker', 'hits.syn_flood_victim'),
    getSynScan: () => pick(info(), 'hits.syn_scan_attacker', 'hits.syn_scan_victim'),
    getInfo: () => one(info()),
    getFullInfo: () => one(info()),
    getScore: () => pick(info(), 'score', 'score.as_client', 'score.as_server'),
    getBehaviourInfo: () => [],
  };
}

function interfaceFunctions(room: Room): { [name: string]: HostFunction } {
  const current = (): InterfaceSnapshot => room.entity?.iface ?? interfacesOf(room)[0]!;
  const no = (): LuaValue[] => [false];
  const nothing = (): LuaValue[] => [];
  return {
    ...cached(room, 'interface'),
    getId: () => [room.entity?.kind === 'system' ? -1 : current().id],
    getName: () => [current().name],
    select: () => [true],
    setActiveInterfaceId: () => [true],
    getIfNames: () => [Object.fromEntries(interfacesOf(room).map((i) => [String(i.id), i.name]))],
    getStats: () => [asTable(current().stats)],
    getStatsUpdateFreq: () => [5],
    getnDPIProtoId: ([name]) => [protocolId(String(name))],
    getnDPICategoryId: ([name]) => [categoryId(String(name))],
    getnDPIProtoName: ([id]) => [protocolName(Number(id) || 0)],
    getnDPIProtocols: () => [Object.fromEntries(allProtocols().map(([name, id]) => [name, String(id)]))],
    getnDPICategories: () => [Object.fromEntries(allCategories().map(([name, id]) => [name, String(id)]))],
    isPacketInterface: () => [true],
    isPcapDumpInterface: no,
    isView: no,
    isViewed: no,
    isSampledTraffic: no,
    viewedBy: nothing,
    getPeriodicActivitiesStats: () => [asTable({ ...current().activities, ...Object.fromEntries(room.activities) })],
    getHashTablesStats: () => [asTable(current().tables ?? {})],
    checkDroppedAlerts: () => {
      const lost = room.alertsDropped;
      room.alertsDropped = 0;
      return [room.entity?.kind === 'system' ? lost : 0];
    },
    getBatchedMacsInfo: ([slot]) => {
      const macs = current().macs ?? [];
      const from = Number(slot) || 0;
      const rows = macs.slice(from, from + 100);
      const next = from + rows.length < macs.length ? { nextSlot: from + rows.length } : {};
      return [{ macs: rows as unknown as LuaValue[], ...next }];
    },
    getHostsInfo: () => {
      const hosts = room.entities?.hosts;
      if (!hosts) return [];
      return [{ hosts: Object.fromEntries(hosts.slice(0, 500).map((h) => [`${h.ip}@${h.vlan}`, asTable(h.info)])) }];
    },
    getHostInfo: ([address, vlan]) => {
      const found = room.entities?.hosts.find((h) => h.ip === address && h.vlan === (Number(vlan) || 0));
      return found ? [asTable(found.info)] : [];
    },
    getMacInfo: ([mac]) => one(current().macs?.find((row) => row['mac'] === mac)),
    getHostPoolsInfo: () => {
      const members: { [pool: string]: { num_hosts: number; num_l2_devices: number } } = {};
      for (const pool of room.pools.pools) {
        if (pool.kind === 'host') members[String(pool.id)] = { num_hosts: 0, num_l2_devices: 0 };
      }
      for (const host of room.entities?.hosts ?? []) {
        if (!host.local) continue;
        const id = String(poolOf(room, host));
        const pool = (members[id] ??= { num_hosts: 0, num_l2_devices: 0 });
        pool.num_hosts++;
      }
      return [{ num_members_per_pool: members }];
    },
    getHostPoolsStats: () => {
      const stats: { [pool: string]: { 'bytes.sent': number; 'bytes.rcvd': number } } = {};
      for (const host of room.entities?.hosts ?? []) {
        const id = String(poolOf(room, host));
        const pool = (stats[id] ??= { 'bytes.sent': 0, 'bytes.rcvd': 0 });
        pool['bytes.sent'] += Number(host.info['bytes.sent'] ?? 0);
        pool['bytes.rcvd'] += Number(host.info['bytes.rcvd'] ?? 0);
      }
      return [stats];
    },
    getEngagedAlerts: ([entity, value]) => [
      alertsOf(room, typeof entity === 'number' ? entity : undefined, typeof value === 'string' ? value : undefined, 0),
    ],
    getEngagedAlertsCount: () => {
      const type: { [key: string]: number } = {};
      const severities: { [key: string]: number } = {};
      for (const { event } of room.engaged.values()) {
        type[event.type] = (type[event.type] ?? 0) + 1;
        severities[event.severity] = (severities[event.severity] ?? 0) + 1;
      }
      return [{ type, severities }];
    },
    storeAlert: () => [{ rowid: 0 }],
    storeFlowAlert: () => [{ rowid: 0 }],
    triggerExternalAlert: nothing,
    releaseExternalAlert: nothing,
    queryAlertsRaw: () => [{}],
    queryFlowAlertsRaw: () => [{}],
    incTotalHostAlerts: nothing,
    incSyslogStats: ([events, malformed, dispatched, unhandled, alerts, hosts]) => {
      const [a, b, c, d, e, f] = [events, malformed, dispatched, unhandled, alerts, hosts].map((n) => Number(n) || 0);
      room.syslogStats = { events: a!, malformed: b!, dispatched: c!, unhandled: d!, alerts: e!, hosts: f! };
      return [];
    },
    processFlow: ([flow]) => {
      const told = externalFlow(flow);
      if (told) room.out.external(told);
      return [told !== undefined];
    },
    findFlowByKeyAndHashId: nothing,
    checkInterfaceAlerts: nothing,
    checkHostsAlerts: nothing,
    checkNetworksAlerts: nothing,
    reloadCompanions: nothing,
  };
}

const poolOf = (room: Room, { ip, vlan, info }: HostSnapshot): number =>
  room.pools.ofHost(ip, vlan, String(info['mac'] ?? ''));

/** The flow that a script of kind syslog tells of (interface.processFlow of 4.2), or undefined when it names none. */
function externalFlow(value: LuaValue): ExternalFlow | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const text = (key: string): string => (typeof value[key] === 'string' ? value[key] : '');
  const number = (key: string): number => Math.trunc(Number(value[key]) || 0);
  const proto = value['l4_proto'];
  const id = typeof proto === 'string' && !/^\d+$/.test(proto) ? l4ByScriptName(proto.toLowerCase()) : Number(proto);
  const client = text('src_ip').slice(0, 64);
  const server = text('dst_ip').slice(0, 64);
  if (client === '' || server === '' || id === undefined || !(id >= 0 && id < 256)) return undefined;
  return {
    client,
    server,
    clientPort: number('src_port') & 0xffff,
    serverPort: number('dst_port') & 0xffff,
    proto: id,
    vlan: number('vlan_id') & 0xfff,
    alert: text('external_alert').slice(0, EXTERNAL_ALERT),
  };
}
/** Characters of an alert that is left on a flow: it travels with the flow's record. */
const EXTERNAL_ALERT = 6000;

/** interface.*, host.* and network.*, bound on demand. */
export function bindEntities(vm: Vm, room: Room): { [table: string]: Binder } {
  return {
    host: binderOf(vm, 'host', hostFunctions(room)),
    interface: binderOf(vm, 'interface', interfaceFunctions(room)),
    network: binderOf(vm, 'network', {
      ...cached(room, 'network'),
      getNetworkStats: () => one(room.entity?.network?.stats),
    }),
  };
}
