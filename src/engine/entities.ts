/**
 * Hosts, local networks and the interface as periodic scripts see them: the keys of ntopng 4.2's tables (plugin API
 * reference, d.3 to d.5), read from the accounts when a run begins.
 */
import type { PacketSource } from '../capture/source.ts';
import { macOf } from '../devices/mac.ts';
import { isLocalMac, vendorOf } from '../devices/oui.ts';
import { ipText } from '../flows/address.ts';
import { HOST, HOST_STRIDE, RATE } from '../flows/hosts.ts';
import type { Granularity } from '../plugins/configsets.ts';
import {
  type EntityProvider,
  type EntitySnapshot,
  type HostSnapshot,
  type InterfaceSnapshot,
  MAX_HOSTS,
  type NetworkSnapshot,
  type Table,
} from '../plugins/entities.ts';
import { categoryName, categoryOf, protocolName } from '../protocols/catalogue.ts';
import type { Pipeline } from './pipeline.ts';

/** Flows booked, hosts read before packets have their turn: about a millisecond each. */
const FLOWS_A_PART = 4096;
const HOSTS_A_PART = 64;

/** Devices told of at most; a segment has a few hundred. */
const MAX_DEVICES = 4096;

/** Types of questions are not counted apart. */
const QUERY_TYPES: Table = Object.fromEntries(
  ['a', 'ns', 'cname', 'soa', 'ptr', 'mx', 'txt', 'aaaa', 'any'].map((type) => [`num_${type}`, 0]),
);
/** A device that was silent so long is gone for the scripts that watch who comes and goes. */
const GONE_MS = 300_000;
/** Broadcast domains outside of the local networks that are remembered. */
const MAX_GHOSTS = 64;

export class Entities implements EntityProvider {
  readonly #pipeline: Pipeline;
  readonly #source: PacketSource;
  readonly #skipped: () => number;
  /** ARP packets by the /24 of their sender. */
  readonly #ghosts = new Map<string, number>();
  readonly #evicted = { flows: 0, hosts: 0 };
  readonly parts: EntityProvider['parts'];
  readonly #startedS = Math.floor(Date.now() / 1000);

  /** `skipped` gives the flow hook calls that were not made. */
  constructor(pipeline: Pipeline, source: PacketSource, skipped: () => number) {
    // A replayed file is read at one moment of packet time, so that two runs see the same.
    if (source.kind !== 'file') this.parts = (granularity, want) => this.#parts(granularity, want);
    this.#pipeline = pipeline;
    this.#source = source;
    this.#skipped = skipped;
    pipeline.neighbourhood.onArp((arp) => this.#arp(arp.senderIp));
  }

  /** An address that asks by ARP and lies in no local network belongs to a network that nobody configured. */
  #arp(sender: number): void {
    const first = sender >>> 24;
    // Nobody (a probe), itself, link-local.
    if (first === 0 || first === 127 || sender >>> 16 === 0xa9fe) return;
    if (this.#pipeline.networks.indexOf(4, 0, 0, 0, sender) >= 0) return;
    const domain = `${ipText(4, 0, 0, 0, sender & 0xffffff00)}/24`;
    const hits = this.#ghosts.get(domain);
    if (hits === undefined && this.#ghosts.size >= MAX_GHOSTS) return;
    this.#ghosts.set(domain, (hits ?? 0) + 1);
  }

  snapshot(granularity: Granularity, want: { hosts: boolean; networks: boolean; interfaces: boolean }): EntitySnapshot {
    const { accounts, networks } = this.#pipeline;
    accounts.settleAll(networks);
    const hosts = want.hosts ? this.#hosts() : [];
    const snapshot = {
      hosts,
      networks: want.networks ? this.#networks() : [],
      interfaces: want.interfaces ? [this.#interface()] : [],
    };
    // Floods and scans are counted per minute, as 4.2 does: the minute's run takes them away.
    if (granularity === 'min') {
      for (let h = 0; h < accounts.hosts.high; h++) if (accounts.hosts.used(h)) accounts.hosts.resetMinute(h);
    }
    return snapshot;
  }

  *#parts(
    granularity: Granularity,
    want: { hosts: boolean; networks: boolean; interfaces: boolean },
  ): IterableIterator<EntitySnapshot | undefined> {
    const { accounts, networks, flows } = this.#pipeline;
    for (let f = 0; f < flows.table.high; f++) {
      if (f % FLOWS_A_PART === FLOWS_A_PART - 1) yield undefined;
      if (flows.table.used(f)) accounts.settle(f, networks);
    }
    yield {
      hosts: [],
      networks: want.networks ? this.#networks() : [],
      interfaces: want.interfaces ? [this.#interface()] : [],
    };
    const { hosts } = accounts;
    const rows = want.hosts ? this.#rows() : [];
    for (let from = 0; from < rows.length; from += HOSTS_A_PART) {
      const part = rows.slice(from, from + HOSTS_A_PART).filter((h) => hosts.used(h));
      yield { hosts: part.map((h) => this.#host(h)), networks: [], interfaces: [] };
    }
    if (granularity !== 'min') return;
    yield undefined;
    for (let h = 0; h < hosts.high; h++) if (hosts.used(h)) hosts.resetMinute(h);
  }

  #hosts(): HostSnapshot[] {
    return this.#rows().map((h) => this.#host(h));
  }

  #rows(): number[] {
    const { hosts } = this.#pipeline.accounts;
    const rows: number[] = [];
    for (let h = 0; h < hosts.high; h++) if (hosts.used(h)) rows.push(h);
    if (rows.length > MAX_HOSTS) {
      rows.sort((a, b) => hosts.nums[b * HOST_STRIDE + HOST.LAST]! - hosts.nums[a * HOST_STRIDE + HOST.LAST]!);
      rows.length = MAX_HOSTS;
    }
    return rows;
  }

  #host(h: number): HostSnapshot {
    const { hosts } = this.#pipeline.accounts;
    const k = h * 8;
    const n = h * HOST_STRIDE;
    const version = hosts.version(h);
    const [w0, w1, w2, w3] = [hosts.keys[k]!, hosts.keys[k + 1]!, hosts.keys[k + 2]!, hosts.keys[k + 3]!];
    const ip = ipText(version, w0, w1, w2, w3);
    const vlan = hosts.vlan(h);
    const network = this.#pipeline.networks.indexOf(version, w0, w1, w2, w3);
    const num = (word: number) => hosts.nums[n + word]!;
    const device = this.#pipeline.devices.byTag(hosts.device[h]!);
    const first = Math.floor(num(HOST.FIRST) / 1e6);
    const last = Math.floor(num(HOST.LAST) / 1e6);
    const info: Table = {
      ip,
      vlan,
      name: device?.name || ip,
      mac: device ? macOf(device.mac) : '00:00:00:00:00:00',
      names: Object.fromEntries((device?.names ?? []).map((one) => [one.by, one.name])),
      localhost: network >= 0,
      local_network_id: network,
      ...(network >= 0 ? { local_network_name: this.#pipeline.networks.list()[network]! } : {}),
      'arp.requests.sent': num(HOST.ARP_REQUESTS_SENT),
      'arp.requests.rcvd': num(HOST.ARP_REQUESTS_RCVD),
      'arp.replies.sent': num(HOST.ARP_REPLIES_SENT),
      'arp.replies.rcvd': num(HOST.ARP_REPLIES_RCVD),
      'bytes.sent': num(HOST.BYTES_SENT),
      'bytes.rcvd': num(HOST.BYTES_RCVD),
      'packets.sent': num(HOST.PACKETS_SENT),
      'packets.rcvd': num(HOST.PACKETS_RCVD),
      'total_flows.as_client': num(HOST.FLOWS_CLIENT),
      'total_flows.as_server': num(HOST.FLOWS_SERVER),
      'active_flows.as_client': num(HOST.ACTIVE_CLIENT),
      'active_flows.as_server': num(HOST.ACTIVE_SERVER),
      'seen.first': first,
      'seen.last': last,
      duration: last - first + 1,
      total_activity_time: Math.floor(num(HOST.ACTIVITY)),
      score: num(HOST.SCORE_CLIENT) + num(HOST.SCORE_SERVER),
      'score.as_client': num(HOST.SCORE_CLIENT),
      'score.as_server': num(HOST.SCORE_SERVER),
      ...this.#hits(h),
    };
    const apps = hosts.applications(h);
    const snapshot: HostSnapshot = { ip, vlan, local: network >= 0, info };
    if (apps.length > 0) {
      const categories: { [id: number]: number } = {};
      for (const [app, bytes] of apps) categories[categoryOf(app)] = (categories[categoryOf(app)] ?? 0) + bytes;
      snapshot.applications = Object.fromEntries(apps);
      snapshot.categories = categories;
    }
    if (network >= 0) {
      snapshot.dns = { sent: dialogue(num, HOST.DNS_QUERIES_SENT), rcvd: dialogue(num, HOST.DNS_QUERIES_RCVD) };
      snapshot.http = {
        // As with DNS each role tells what the host itself sent, or received: requests and replies alike.
        sender: web(num(HOST.HTTP_REQUESTS_SENT), num(HOST.HTTP_REPLIES_SENT)),
        receiver: web(num(HOST.HTTP_REQUESTS_RCVD), num(HOST.HTTP_REPLIES_RCVD)),
      };
    }
    return snapshot;
  }

  /** Present only when above zero, as 4.2 has them. */
  #hits(h: number): Table {
    const { hosts } = this.#pipeline.accounts;
    const n = h * HOST_STRIDE;
    const nowUs = this.#pipeline.flows.nowUs;
    const hits: [string, number][] = [
      ['flow_flood_attacker', hosts.peak(h, RATE.FLOW_CLIENT, nowUs)],
      ['flow_flood_victim', hosts.peak(h, RATE.FLOW_SERVER, nowUs)],
      ['syn_flood_attacker', hosts.peak(h, RATE.SYN_SENT, nowUs)],
      ['syn_flood_victim', hosts.peak(h, RATE.SYN_RCVD, nowUs)],
      ['syn_scan_attacker', hosts.nums[n + HOST.SYN_SENT]! - hosts.nums[n + HOST.SYNACK_RCVD]!],
      ['syn_scan_victim', hosts.nums[n + HOST.SYN_RCVD]! - hosts.nums[n + HOST.SYNACK_SENT]!],
    ];
    return Object.fromEntries(hits.filter(([, value]) => value > 0).map(([name, value]) => [`hits.${name}`, value]));
  }

  #networks(): NetworkSnapshot[] {
    const { accounts, networks } = this.#pipeline;
    const members = networks.list().map(() => 0);
    const hits = networks.list().map(() => ({ syn: 0, flow: 0, scan: 0 }));
    const { hosts } = accounts;
    const nowUs = this.#pipeline.flows.nowUs;
    for (let h = 0; h < hosts.high; h++) {
      if (!hosts.used(h)) continue;
      const k = h * 8;
      const i = networks.indexOf(
        hosts.version(h),
        hosts.keys[k]!,
        hosts.keys[k + 1]!,
        hosts.keys[k + 2]!,
        hosts.keys[k + 3]!,
      );
      if (i < 0) continue;
      members[i]!++;
      hits[i]!.syn += hosts.peak(h, RATE.SYN_RCVD, nowUs);
      hits[i]!.flow += hosts.peak(h, RATE.FLOW_SERVER, nowUs);
      hits[i]!.scan += Math.max(
        0,
        hosts.nums[h * HOST_STRIDE + HOST.SYN_RCVD]! - hosts.nums[h * HOST_STRIDE + HOST.SYNACK_SENT]!,
      );
    }
    return networks.list().flatMap((key, i) => {
      if (members[i] === 0) return [];
      const books = accounts.networks[i] ?? { egress: 0, ingress: 0, inner: 0, packets: 0 };
      const stats: Table = {
        network_key: key,
        network_id: i,
        num_hosts: members[i]!,
        engaged_alerts: 0,
        egress: books.egress,
        ingress: books.ingress,
        inner: books.inner,
        'bytes.sent': books.egress,
        'bytes.rcvd': books.ingress,
        packets: books.packets,
      };
      const { syn, flow, scan } = hits[i]!;
      if (syn > 0) stats['hits.syn_flood_victim'] = syn;
      if (flow > 0) stats['hits.flow_flood_victim'] = flow;
      if (scan > 0) stats['hits.syn_scan_victim'] = scan;
      return [{ key, stats }];
    });
  }

  #interface(): InterfaceSnapshot {
    const { flows, accounts, packets, bytes, networks } = this.#pipeline;
    const { hosts } = accounts;
    const source = this.#source.stats();
    const drops = (source.kernelDropped ?? 0) + (source.interfaceDropped ?? 0);
    let local = 0;
    for (let h = 0; h < hosts.high; h++) {
      const k = h * 8;
      if (
        hosts.used(h) &&
        networks.indexOf(
          hosts.version(h),
          hosts.keys[k]!,
          hosts.keys[k + 1]!,
          hosts.keys[k + 2]!,
          hosts.keys[k + 3]!,
        ) >= 0
      )
        local++;
    }
    const lastS = Math.floor(this.#pipeline.lastUs / 1e6);
    const moved = (books: Map<number, number>, name: (id: number) => string): Table =>
      Object.fromEntries([...books].map(([id, total]) => [name(id), { 'bytes.sent': total, 'bytes.rcvd': 0 }]));
    return {
      id: 0,
      name: this.#source.name,
      stats: {
        id: 0,
        name: this.#source.name,
        'seen.first': this.#startedS,
        'seen.last': lastS,
        stats: {
          packets,
          bytes,
          flows: flows.table.size,
          hosts: hosts.size,
          local_hosts: local,
          drops,
          new_flows: flows.table.created,
          devices: this.#pipeline.devices.size,
          current_macs: this.#pipeline.devices.size,
          num_dropped_flow_scripts_calls: this.#skipped(),
        },
        stats_since_reset: { packets, bytes, drops },
        ndpi: moved(accounts.applications, protocolName),
        ndpi_categories: moved(accounts.categories, categoryName),
        anomalies: {
          ...(this.#full('flows', flows.evicted, flows.table.size >= flows.table.limit)
            ? { too_many_flows: true }
            : {}),
          ...(this.#full('hosts', hosts.evicted, hosts.size >= hosts.limit) ? { too_many_hosts: true } : {}),
        },
        bcast_domains: Object.fromEntries(
          [...this.#ghosts].map(([domain, hits]) => [domain, { ghost_network: true, hits }]),
        ),
        has_macs: true,
        'arp.requests': this.#pipeline.neighbourhood.arpRequests,
        'arp.replies': this.#pipeline.neighbourhood.arpReplies,
      },
      tables: {
        FlowHash: {
          max_hash_size: flows.table.limit,
          hash_entry_states: { hash_entry_state_active: flows.table.size, hash_entry_state_idle: 0 },
        },
        HostHash: {
          max_hash_size: hosts.limit,
          hash_entry_states: { hash_entry_state_active: hosts.size, hash_entry_state_idle: 0 },
        },
      },
      macs: this.#macs(),
      devices: this.#devices(),
    };
  }

  /** A table is full, or something had to leave it since the last run. */
  #full(table: 'flows' | 'hosts', evicted: number, now: boolean): boolean {
    const before = this.#evicted[table];
    this.#evicted[table] = evicted;
    return now || evicted > before;
  }

  /** interface.getBatchedMacsInfo(): every device that is on the segment now. */
  #macs(): Table[] {
    const rows: Table[] = [];
    for (const device of this.#pipeline.devices.list()) {
      if (rows.length >= MAX_DEVICES) break;
      if (!device.online || device.lastMs < this.#pipeline.flows.nowUs / 1000 - GONE_MS) continue;
      rows.push({
        mac: macOf(device.mac),
        location: 'lan',
        special_mac: false,
        source_mac: true,
        devtype: 0,
        manufacturer: vendorOf(device.mac),
        'seen.first': Math.floor(device.firstMs / 1000),
        'seen.last': Math.floor(device.lastMs / 1000),
        num_hosts: device.addresses.length,
        pool: 0,
      });
    }
    return rows;
  }

  /** spanwatch.getDevices(). */
  #devices(): Table[] {
    const rows: Table[] = [];
    for (const device of this.#pipeline.devices.list()) {
      if (rows.length >= MAX_DEVICES) break;
      rows.push({
        mac: macOf(device.mac),
        vendor: vendorOf(device.mac),
        name: device.name,
        alias: device.alias,
        random_mac: isLocalMac(device.mac),
        router: device.router,
        online: device.online,
        first: Math.floor(device.firstMs / 1000),
        last: Math.floor(device.lastMs / 1000),
        addresses: device.addresses.map((a) => ({
          ip: a.ip,
          vlan: a.vlan,
          by: a.by,
          current: a.current,
          last: Math.floor(a.lastMs / 1000),
        })),
        changes: device.changes.map((c) => ({ at: Math.floor(c.atMs / 1000), kind: c.kind, ip: c.ip, other: c.other })),
      });
    }
    return rows;
  }
}

/**
 * HTTP counters of one role. Methods and status classes are not counted apart: requests stand as other ones, replies as
 * good ones, so that sums over the classes are right.
 */
const web = (requests: number, replies: number): Table => ({
  query: { total: requests, num_get: 0, num_post: 0, num_head: 0, num_put: 0, num_other: requests },
  response: { total: replies, num_1xx: 0, num_2xx: replies, num_3xx: 0, num_4xx: 0, num_5xx: 0 },
  rate: {},
});

/** DNS counters of one direction: `at` is the queries' word; replies go the other way. */
function dialogue(num: (word: number) => number, at: number): Table {
  const sent = at === HOST.DNS_QUERIES_SENT;
  return {
    num_queries: num(at),
    num_replies_ok: num(sent ? HOST.DNS_OK_SENT : HOST.DNS_OK_RCVD),
    num_replies_error: num(sent ? HOST.DNS_ERROR_SENT : HOST.DNS_ERROR_RCVD),
    queries: { ...QUERY_TYPES, num_other: num(at) },
  };
}
