/** The periodic scripts over system, interfaces, networks and hosts: one run of a granularity, in pieces. */
import type { LuaValue } from '../sandbox/index.ts';
import { alertsOf, interfacesOf } from './api-entities.ts';
import { GRANULARITIES, GRANULARITY_SECONDS, type Granularity } from './configsets.ts';
import { coreEvents, PREF_REASSIGNMENT } from './core-events.ts';
import type { Table } from './entities.ts';
import type { Attached, Plugin } from './plugin.ts';
import type { EntityContext, Room } from './room.ts';
import type { House } from './runtime.ts';

type Kind = 'host' | 'interface' | 'network' | 'system';

export interface Wanted {
  hosts: boolean;
  networks: boolean;
  interfaces: boolean;
}

/** What a run needs of the engine. Pools are counted by their hosts, so interface scripts want these too once there are pools. */
export function wantsEntities(house: House, granularity: Granularity): Wanted {
  const has = (subdir: string) =>
    house.periodicEntries.some((entry) => entry.script.subdir === subdir && entry.hook === granularity);
  const interfaces = has('interface') || has('system');
  const pooled = interfaces && !house.room.pools.trivial;
  const watching = granularity === 'min' && house.room.kv.get(PREF_REASSIGNMENT) === '1';
  return { hosts: has('host') || pooled || watching, networks: has('network'), interfaces };
}

/** The pool of an entity and the configuration set that applies to it. */
function setOf(room: Room, entity: EntityContext): number {
  const { pools } = room;
  switch (entity.kind) {
    case 'host':
      return pools.setOf('host', poolOfHost(room, entity));
    case 'network':
      return pools.setOf('network', pools.ofNetwork(entity.value));
    case 'interface':
      return pools.setOf('interface', pools.ofInterface(entity.value));
    case 'system':
      return 0;
  }
}
export function poolOfHost(room: Room, { host }: EntityContext): number {
  if (!host || room.pools.trivial) return 0;
  return room.pools.ofHost(host.ip, host.vlan, String(host.info['mac'] ?? ''));
}

/** Each step is the scripts of one plugin over one entity. */
export function* periodicRun(house: House, granularity: Granularity, nowMs: number): Generator<void> {
  const { room } = house;
  const begunMs = performance.now();
  const run = ++room.run;
  const interfaces = interfacesOf(room);
  const kinds: [Kind, EntityContext[]][] = [
    ['system', [{ kind: 'system', value: '-1' }]],
    ['interface', interfaces.map((iface) => ({ kind: 'interface', value: String(iface.id), iface }))],
    ['network', (room.entities?.networks ?? []).map((network) => ({ kind: 'network', value: network.key, network }))],
    ['host', (room.entities?.hosts ?? []).map((host) => ({ kind: 'host', value: `${host.ip}@${host.vlan}`, host }))],
  ];
  const known = room.entities;
  if (granularity === 'min') coreEvents(room);
  for (const [kind, entities] of kinds) {
    const byPlugin = new Map<Plugin, Attached[]>();
    for (const entry of house.periodicEntries) {
      if (entry.script.subdir !== kind || entry.hook !== granularity) continue;
      const entries = byPlugin.get(entry.plugin);
      if (entries) entries.push(entry);
      else byPlugin.set(entry.plugin, [entry]);
    }
    const failed = new Set<string>();
    if (byPlugin.size > 0) {
      for (const entity of entities) {
        const set = setOf(room, entity);
        for (const [plugin, all] of byPlugin) {
          const entries = all.filter((entry) => entry.set === set);
          if (entries.length === 0) continue;
          room.nowMs = nowMs;
          room.entities = known;
          if (!overEntity(house, granularity, kind, entity, plugin, entries, nowMs)) failed.add(plugin.key);
          house.revive();
          yield;
        }
      }
    }
    if (kind !== 'system' && (kind === 'interface' || known !== undefined))
      releaseLeft(house, kind, granularity, run, failed, nowMs);
  }
  room.entity = undefined;
  tookTime(room, granularity, nowMs, performance.now() - begunMs);
}

/** Keeps how a run went: scripts watch over it as over 4.2's own tasks. */
function tookTime(room: Room, granularity: Granularity, nowMs: number, ms: number): void {
  const name = `${granularity}.lua`;
  const before = room.activities.get(name);
  const seconds = GRANULARITY_SECONDS[granularity];
  const most = Math.max(ms, Number((before?.['duration'] as Table | undefined)?.['max_duration_ms'] ?? 0));
  const slow = ms > seconds * 1000;
  room.activities.set(name, {
    duration: { max_duration_ms: Math.round(most), last_duration_ms: Math.round(ms) },
    timeseries: { write: { tot_calls: 0, tot_drops: 0, last: {} } },
    last_start_time: Math.floor(nowMs / 1000),
    last_queued_time: Math.floor(nowMs / 1000),
    scheduled_time: Math.floor(nowMs / 1000),
    deadline: seconds,
    not_executed: false,
    num_not_executed: Number(before?.['num_not_executed'] ?? 0),
    is_slow: slow,
    num_is_slow: Number(before?.['num_is_slow'] ?? 0) + (slow ? 1 : 0),
    alerts_drops: room.alertsDropped,
    progress: 100,
  });
}

/** Scripts of one plugin over one entity; false when one of them failed. */
function overEntity(
  house: House,
  granularity: Granularity,
  kind: Kind,
  entity: EntityContext,
  plugin: Plugin,
  entries: Attached[],
  nowMs: number,
): boolean {
  const { room } = house;
  if (plugin.vm === undefined || plugin.attached.length === 0) return false;
  room.entity = entity;
  const granularityId = GRANULARITIES.indexOf(granularity) + 1;
  const entityId = kind === 'host' ? 1 : kind === 'network' ? 2 : 0;
  const info =
    kind === 'host'
      ? { ip: entity.host!.ip, vlan: entity.host!.vlan }
      : kind === 'network'
        ? entity.network!.stats
        : kind === 'interface'
          ? entity.iface!.stats
          : undefined;
  const current = kind === 'system' ? undefined : alertsOf(room, entityId, entity.value, granularityId);
  const when = kind === 'host' || kind === 'system' ? Math.floor(nowMs / 1000) : undefined;
  const ifid = kind === 'host' ? 0 : undefined;
  const begun = plugin.begin([kind, granularity, entity.value, info as LuaValue, current, when, ifid]);
  let good = begun.ok;
  if (!begun.ok) plugin.fail(entries[0]!.script.file, begun);
  else if (kind === 'system') for (const entry of entries) house.runSystem(entry);
  else for (const entry of entries) good = house.run(entry) && good;
  room.entity = undefined;
  return good;
}

/** Releases engaged alerts of a kind and granularity that no script confirmed in this run: condition or entity gone. */
function releaseLeft(
  house: House,
  kind: Kind,
  granularity: Granularity,
  run: number,
  failed: Set<string>,
  nowMs: number,
): void {
  const seconds = GRANULARITY_SECONDS[granularity];
  for (const [key, engaged] of house.room.engaged) {
    if (engaged.event.kind !== kind || engaged.event.granularity !== seconds || engaged.run === run) continue;
    // An entity of another kind (a device, an activity) is released by the script that engaged it.
    if (engaged.event.entity !== (kind === 'host' ? 1 : kind === 'network' ? 2 : 0)) continue;
    const state = house.stateOf(engaged.event.plugin);
    if (failed.has(engaged.event.plugin) || state === 'paused' || state === 'sampled') continue;
    house.room.release(key, nowMs);
  }
}
