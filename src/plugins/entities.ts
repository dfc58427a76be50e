/**
 * What the engine tells the plugin room about hosts, networks and interfaces when a periodic run begins. The keys of the
 * tables are those scripts read (ntopng 4.2's host.getInfo, network.getNetworkStats, interface.getStats). Plain data:
 * it is copied to the worker.
 */
import type { Granularity } from './configsets.ts';

/** Values a script may see; keys may hold dots ("bytes.sent"). */
export type Table = {
  [key: string]: string | number | boolean | null | undefined | Table | (string | number | Table)[];
};

export interface InterfaceSnapshot {
  id: number;
  name: string;
  /** interface.getStats(): `stats`, `stats_since_reset`, `seen.last`, `ndpi`, `ndpi_categories`, `anomalies`, … */
  stats: Table;
  /** interface.getHashTablesStats(). */
  tables?: Table;
  /** interface.getBatchedMacsInfo(): one row per device. */
  macs?: Table[];
  /** spanwatch.getDevices(): one row per device, see docs/plugin-api.md. */
  devices?: Table[];
  /** interface.getPeriodicActivitiesStats(). */
  activities?: Table;
}

export interface HostSnapshot {
  ip: string;
  vlan: number;
  local: boolean;
  /** host.getInfo(); the getters (getBytes, getFlowFlood, …) read from it. */
  info: Table;
  /** Bytes sent and received by nDPI id and by category id. */
  applications?: { [id: number]: number };
  categories?: { [id: number]: number };
  /** host.getDNSInfo() and host.getHTTPInfo(), local hosts only. */
  dns?: Table;
  http?: Table;
}

export interface NetworkSnapshot {
  /** CIDR. */
  key: string;
  /** network.getNetworkStats(). */
  stats: Table;
}

export interface EntitySnapshot {
  interfaces: InterfaceSnapshot[];
  hosts: HostSnapshot[];
  networks: NetworkSnapshot[];
}

/** The engine implements this; the host asks at the start of a run, on the engine's thread, and only for kinds in use. */
export interface EntityProvider {
  snapshot(granularity: Granularity, want: { hosts: boolean; networks: boolean; interfaces: boolean }): EntitySnapshot;
  /**
   * The same in parts that belong together; undefined = nothing yet. With it packets have their turn between parts: the
   * snapshot of 20,000 hosts in one go holds the capture loop for a second.
   */
  parts?:
    | ((
        granularity: Granularity,
        want: { hosts: boolean; networks: boolean; interfaces: boolean },
      ) => IterableIterator<EntitySnapshot | undefined>)
    | undefined;
}

/** Hosts of one run: above that the least active ones are left out by the provider. */
export const MAX_HOSTS = 20_000;
