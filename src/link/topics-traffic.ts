/** Questions about who is on the network and what moved: devices, hosts, networks, history. Part of link/topics.ts. */
import type { Shape } from './shape.ts';

/** How an address or a name became known. TLS names never name a device. */
export type AddressEvidence = 'arp' | 'nd' | 'dhcp' | 'traffic';
export type NameEvidence = 'dhcp' | 'mdns' | 'netbios';

export interface DeviceAddress {
  ip: string;
  vlan: number;
  firstMs: number;
  lastMs: number;
  by: string;
  /** False once another device answers for the address or this one was given another. */
  current: boolean;
}

export interface DeviceName {
  name: string;
  by: string;
  lastMs: number;
}

/** What the network did with an address, newest last: it came, moved here from another device, or left. */
export interface DeviceChange {
  atMs: number;
  kind: string;
  ip: string;
  /** MAC of the device it came from or went to, "" when none. */
  other: string;
}

/** One row per device. Texts but `id`, `mac`, `vendor` come from the network or the owner: hostile until escaped. */
export interface DeviceRow {
  /** Stable over restarts and addresses: its first MAC without colons. */
  id: string;
  mac: string;
  /** Of the IEEE list; "" when unknown, and for a locally administered (random) MAC. */
  vendor: string;
  randomMac: boolean;
  /** The owner's alias, else the best learned name, else "". */
  name: string;
  alias: string;
  /** Name of its host pool, "" for the default one. */
  pool: string;
  /** Current addresses first, then by last seen. */
  addresses: DeviceAddress[];
  names: DeviceName[];
  firstMs: number;
  lastMs: number;
  bytesSent: number;
  bytesRcvd: number;
  packetsSent: number;
  packetsRcvd: number;
  /** Flows in the table now. */
  activeFlows: number;
  /** Seen since the engine started. */
  online: boolean;
  score: number;
}

export interface DeviceQuery {
  /** Substring of id, MAC, vendor, name, alias or address; "" = all. */
  search: string;
  offset: number;
  /** At most 1000. */
  limit: number;
  sort: 'last' | 'first' | 'bytes' | 'name';
}

export interface HostRow {
  ip: string;
  vlan: number;
  local: boolean;
  /** CIDR of the local network it is in, "". */
  network: string;
  /** "" where the link has none or the host is behind a router. */
  mac: string;
  /** DeviceRow.id, "" when unknown. */
  device: string;
  /** Name of its device. */
  name: string;
  firstMs: number;
  lastMs: number;
  bytesSent: number;
  bytesRcvd: number;
  packetsSent: number;
  packetsRcvd: number;
  flowsClient: number;
  flowsServer: number;
  activeClient: number;
  activeServer: number;
  score: number;
  /** Bytes by nDPI id, largest first, at most 5 in a list and 64 in `host`. */
  applications: { id: number; bytes: number }[];
}

export interface HostQuery {
  /** Substring of address, name, MAC; "" = all. */
  search: string;
  offset: number;
  /** At most 1000. */
  limit: number;
  sort: 'bytes' | 'sent' | 'received' | 'last' | 'flows' | 'active' | 'score';
  /** Absent = both. */
  local?: boolean;
}

/** One host with all its counters. */
export interface HostDetail extends HostRow {
  dns: {
    queriesSent: number;
    queriesRcvd: number;
    okSent: number;
    okRcvd: number;
    errorSent: number;
    errorRcvd: number;
  };
  http: { requestsSent: number; requestsRcvd: number; repliesSent: number; repliesRcvd: number };
  arp: { requestsSent: number; requestsRcvd: number; repliesSent: number; repliesRcvd: number };
  /** Hits per second that three seconds in a row reached this minute, and SYN without answer. */
  peaks: { flowsClient: number; flowsServer: number; synSent: number; synRcvd: number };
  /** Seconds with traffic. */
  activeSeconds: number;
}

export interface NetworkRow {
  cidr: string;
  /** Hosts known now. */
  hosts: number;
  activeFlows: number;
  egress: number;
  ingress: number;
  inner: number;
  packets: number;
  score: number;
  /** True when the owner named it, false when it is one of the private ranges taken until then. */
  configured: boolean;
}

export interface HistoryQuery {
  what: 'traffic' | 'protocols' | 'hosts';
  step: 'minute' | 'hour' | 'day';
  /** Newest `steps` steps; at most 1440. */
  steps: number;
  /** For protocols and hosts: how many series; the rest is one series with key "other". At most 20. */
  top: number;
}

export interface HistorySeries {
  /**
   * traffic: bytes, packets, flows (made), dropped (kernel and interface), evicted, blind (seconds without capture),
   * activeFlows and hosts (largest value). protocols: the name; hosts: the address. "other" is what is not listed.
   */
  key: string;
  /** nDPI id of a protocol, else 0. */
  id: number;
  /** One per step, oldest first; null where nothing was recorded. */
  values: (number | null)[];
}

export interface History {
  stepMs: number;
  /** Begin of the first step; the last one is still growing. */
  fromMs: number;
  series: HistorySeries[];
}

/** How the engine's own files fare: for the Health page. */
export interface StateFiles {
  /** 'memory' when the owner wants no writes, or no folder was given. */
  mode: string;
  files: { name: string; bytes: number; writtenToday: number; budgetPerDay: number }[];
  /** Sentences about files that were torn and set aside, or writes put off. */
  notices: string[];
}

export interface TrafficTopics {
  devices: { args: DeviceQuery; answer: { total: number; items: DeviceRow[] } };
  /** By id or MAC. */
  device: { args: { id: string }; answer: { device: DeviceRow | null; changes: DeviceChange[]; hosts: HostRow[] } };
  /** The owner's name for a device, "" takes it away. `ok` is false when there is no such device. */
  nameDevice: { args: { id: string; alias: string }; answer: { ok: boolean } };
  forgetDevice: { args: { id: string }; answer: { ok: boolean } };
  hosts: { args: HostQuery; answer: { total: number; items: HostRow[] } };
  host: { args: { ip: string; vlan: number }; answer: { host: HostDetail | null } };
  networks: { args: Record<string, never>; answer: { items: NetworkRow[] } };
  history: { args: HistoryQuery; answer: History };
  stateFiles: { args: Record<string, never>; answer: StateFiles };
}

const DEVICE: { [K in keyof DeviceRow]: Shape } = {
  id: '',
  mac: '',
  vendor: '',
  randomMac: true,
  name: '',
  alias: '',
  pool: '',
  addresses: [{ ip: '', vlan: 0, firstMs: 0, lastMs: 0, by: '', current: true }],
  names: [{ name: '', by: '', lastMs: 0 }],
  firstMs: 0,
  lastMs: 0,
  bytesSent: 0,
  bytesRcvd: 0,
  packetsSent: 0,
  packetsRcvd: 0,
  activeFlows: 0,
  online: true,
  score: 0,
};

const HOST: { [K in keyof HostRow]: Shape } = {
  ip: '',
  vlan: 0,
  local: true,
  network: '',
  mac: '',
  device: '',
  name: '',
  firstMs: 0,
  lastMs: 0,
  bytesSent: 0,
  bytesRcvd: 0,
  packetsSent: 0,
  packetsRcvd: 0,
  flowsClient: 0,
  flowsServer: 0,
  activeClient: 0,
  activeServer: 0,
  score: 0,
  applications: [{ id: 0, bytes: 0 }],
};

const NETWORK: { [K in keyof NetworkRow]: Shape } = {
  cidr: '',
  hosts: 0,
  activeFlows: 0,
  egress: 0,
  ingress: 0,
  inner: 0,
  packets: 0,
  score: 0,
  configured: true,
};

export const TRAFFIC_ANSWERS: { readonly [T in keyof TrafficTopics]: Shape } = {
  devices: { total: 0, items: [DEVICE] },
  // `device` and `host` are null when there is none.
  device: { device: undefined, changes: [{ atMs: 0, kind: '', ip: '', other: '' }], hosts: [HOST] },
  nameDevice: { ok: true },
  forgetDevice: { ok: true },
  hosts: { total: 0, items: [HOST] },
  host: { host: undefined },
  networks: { items: [NETWORK] },
  history: { stepMs: 0, fromMs: 0, series: [{ key: '', id: 0, values: [null] }] },
  stateFiles: {
    mode: '',
    files: [{ name: '', bytes: 0, writtenToday: 0, budgetPerDay: 0 }],
    notices: [''],
  },
};
