/** Answers what the pages ask about devices, hosts and networks (link/topics-traffic.ts). */
import { hexOf, macOf, parseMac } from '../devices/mac.ts';
import { isLocalMac, vendorOf } from '../devices/oui.ts';
import type { Device } from '../devices/table.ts';
import { ipText, parseIp } from '../flows/address.ts';
import { HOST, HOST_STRIDE, RATE } from '../flows/hosts.ts';
import type {
  DeviceAddress,
  DeviceQuery,
  DeviceRow,
  HostDetail,
  HostQuery,
  HostRow,
  NetworkRow,
  TrafficTopics,
} from '../link/topics-traffic.ts';
import { DEFAULT_POOL_ID, type PoolIndex } from '../plugins/pools.ts';
import type { Answers } from './answers.ts';
import type { Pipeline } from './pipeline.ts';

type Answer<T extends keyof TrafficTopics> = TrafficTopics[T]['answer'];

/** Rows looked at before the event loop has its turn: packets must not wait for a page. */
const SLICE = 2000;
const MOST_ROWS = 1000;
const ALIAS_MAX = 63;

export interface TrafficSources {
  pipeline: Pipeline;
  /** The owner has named the local networks. */
  networksConfigured(): boolean;
  pools(): PoolIndex;
  /** The owner changed a device: to be written soon. */
  ownerChanged(): void;
}

export class TrafficAnswers {
  readonly #from: TrafficSources;

  constructor(from: TrafficSources) {
    this.#from = from;
  }

  register(answers: Answers): void {
    answers.on('devices', (q) => this.devices(q));
    answers.on('device', ({ id }) => this.device(String(id)));
    answers.on('nameDevice', ({ id, alias }) => this.#name(String(id), String(alias)));
    answers.on('forgetDevice', ({ id }) => this.#forget(String(id)));
    answers.on('hosts', (q) => this.hosts(q));
    answers.on('host', ({ ip, vlan }) => this.host(String(ip), Number(vlan) || 0));
    answers.on('networks', () => this.networks());
  }

  async devices(q: DeviceQuery): Promise<Answer<'devices'>> {
    const { devices } = this.#from.pipeline;
    const wanted = q.search.trim().toLowerCase();
    const books = await this.#byDevice();
    const found: Device[] = [];
    for (const device of [...devices.list()]) if (!wanted || text(device).includes(wanted)) found.push(device);
    found.sort(deviceOrder(q.sort));
    const page = slice(found, q);
    return { total: found.length, items: page.map((d) => this.#deviceRow(d, books)) };
  }

  async device(id: string): Promise<Answer<'device'>> {
    const device = this.#find(id);
    if (!device) return { device: null, changes: [], hosts: [] };
    const { hosts } = this.#from.pipeline.accounts;
    const books = await this.#byDevice();
    const rows = (books.get(device.tag)?.rows ?? []).filter((h) => hosts.used(h) && hosts.device[h] === device.tag);
    return {
      device: this.#deviceRow(device, books),
      changes: device.changes,
      hosts: rows.slice(0, 64).map((h) => this.#hostRow(h, 5)),
    };
  }

  async hosts(q: HostQuery): Promise<Answer<'hosts'>> {
    const { pipeline } = this.#from;
    const { hosts } = pipeline.accounts;
    const wanted = q.search.trim().toLowerCase();
    const found: { h: number; rank: number }[] = [];
    for (let h = 0; h < hosts.high; h++) {
      if (h % SLICE === SLICE - 1) await turn();
      if (!hosts.used(h)) continue;
      if (q.local !== undefined && this.#network(h) >= 0 !== q.local) continue;
      if (wanted && !this.#hostText(h).includes(wanted)) continue;
      found.push({ h, rank: this.#rank(h, q.sort) });
    }
    found.sort((a, b) => b.rank - a.rank);
    const page = slice(found, q).filter(({ h }) => hosts.used(h));
    return { total: found.length, items: page.map(({ h }) => this.#hostRow(h, 5)) };
  }

  host(ip: string, vlan: number): Answer<'host'> {
    const address = parseIp(ip);
    const { hosts } = this.#from.pipeline.accounts;
    const h = address ? hosts.find(address.version, vlan, ...address.words) : -1;
    if (h < 0) return { host: null };
    const num = (word: number) => hosts.nums[h * HOST_STRIDE + word]!;
    const nowUs = this.#from.pipeline.flows.nowUs;
    const host: HostDetail = {
      ...this.#hostRow(h, 64),
      dns: {
        queriesSent: num(HOST.DNS_QUERIES_SENT),
        queriesRcvd: num(HOST.DNS_QUERIES_RCVD),
        okSent: num(HOST.DNS_OK_SENT),
        okRcvd: num(HOST.DNS_OK_RCVD),
        errorSent: num(HOST.DNS_ERROR_SENT),
        errorRcvd: num(HOST.DNS_ERROR_RCVD),
      },
      http: {
        requestsSent: num(HOST.HTTP_REQUESTS_SENT),
        requestsRcvd: num(HOST.HTTP_REQUESTS_RCVD),
        repliesSent: num(HOST.HTTP_REPLIES_SENT),
        repliesRcvd: num(HOST.HTTP_REPLIES_RCVD),
      },
      arp: {
        requestsSent: num(HOST.ARP_REQUESTS_SENT),
        requestsRcvd: num(HOST.ARP_REQUESTS_RCVD),
        repliesSent: num(HOST.ARP_REPLIES_SENT),
        repliesRcvd: num(HOST.ARP_REPLIES_RCVD),
      },
      peaks: {
        flowsClient: hosts.peak(h, RATE.FLOW_CLIENT, nowUs),
        flowsServer: hosts.peak(h, RATE.FLOW_SERVER, nowUs),
        synSent: hosts.peak(h, RATE.SYN_SENT, nowUs),
        synRcvd: hosts.peak(h, RATE.SYN_RCVD, nowUs),
      },
      activeSeconds: Math.floor(num(HOST.ACTIVITY)),
    };
    return { host };
  }

  async networks(): Promise<Answer<'networks'>> {
    const { accounts, networks } = this.#from.pipeline;
    const { hosts } = accounts;
    const configured = this.#from.networksConfigured();
    const items: NetworkRow[] = networks.list().map((cidr, i) => {
      const books = accounts.networks[i] ?? { egress: 0, ingress: 0, inner: 0, packets: 0 };
      return { cidr, hosts: 0, activeFlows: 0, ...books, score: 0, configured };
    });
    for (let h = 0; h < hosts.high; h++) {
      if (h % SLICE === SLICE - 1) await turn();
      const row = hosts.used(h) ? items[this.#network(h)] : undefined;
      if (!row) continue;
      const n = h * HOST_STRIDE;
      row.hosts++;
      row.activeFlows += hosts.nums[n + HOST.ACTIVE_CLIENT]! + hosts.nums[n + HOST.ACTIVE_SERVER]!;
      row.score += hosts.nums[n + HOST.SCORE_CLIENT]! + hosts.nums[n + HOST.SCORE_SERVER]!;
    }
    // Until the owner names his own, the private ranges are shown only where somebody is in them.
    return { items: configured ? items : items.filter((row) => row.hosts > 0) };
  }

  #find(id: string): Device | undefined {
    const mac = parseMac(id);
    return mac === undefined ? undefined : this.#from.pipeline.devices.byMac(mac);
  }

  #name(id: string, alias: string): Answer<'nameDevice'> {
    const device = this.#find(id);
    if (!device) return { ok: false };
    device.alias = alias
      .replace(/\p{C}+/gu, ' ')
      .trim()
      .slice(0, ALIAS_MAX);
    this.#from.ownerChanged();
    return { ok: true };
  }

  #forget(id: string): Answer<'forgetDevice'> {
    const device = this.#find(id);
    if (!device) return { ok: false };
    this.#from.pipeline.devices.forget(device);
    this.#from.ownerChanged();
    return { ok: true };
  }

  /** Host rows, live flows and score by device tag. */
  async #byDevice(): Promise<Map<number, { rows: number[]; flows: number; score: number }>> {
    const { hosts } = this.#from.pipeline.accounts;
    const books = new Map<number, { rows: number[]; flows: number; score: number }>();
    for (let h = 0; h < hosts.high; h++) {
      if (h % SLICE === SLICE - 1) await turn();
      const tag = hosts.used(h) ? hosts.device[h]! : 0;
      if (tag === 0) continue;
      let book = books.get(tag);
      if (!book) books.set(tag, (book = { rows: [], flows: 0, score: 0 }));
      const n = h * HOST_STRIDE;
      book.rows.push(h);
      book.flows += hosts.nums[n + HOST.ACTIVE_CLIENT]! + hosts.nums[n + HOST.ACTIVE_SERVER]!;
      book.score += hosts.nums[n + HOST.SCORE_CLIENT]! + hosts.nums[n + HOST.SCORE_SERVER]!;
    }
    return books;
  }

  #deviceRow(d: Device, books: Map<number, { flows: number; score: number }>): DeviceRow {
    const mac = macOf(d.mac);
    const book = books.get(d.tag);
    const addresses = [...d.addresses].sort((a, b) => Number(b.current) - Number(a.current) || b.lastMs - a.lastMs);
    return {
      id: hexOf(d.mac),
      mac,
      vendor: vendorOf(d.mac),
      randomMac: isLocalMac(d.mac),
      name: d.name,
      alias: d.alias,
      pool: this.#pool(mac, addresses),
      addresses,
      names: d.names,
      firstMs: d.firstMs,
      lastMs: d.lastMs,
      bytesSent: d.bytesSent,
      bytesRcvd: d.bytesRcvd,
      packetsSent: d.packetsSent,
      packetsRcvd: d.packetsRcvd,
      activeFlows: book?.flows ?? 0,
      online: d.online,
      score: book?.score ?? 0,
    };
  }

  /** By its MAC or one of its addresses; "" for the default pool. */
  #pool(mac: string, addresses: readonly DeviceAddress[]): string {
    const pools = this.#from.pools();
    if (pools.trivial) return '';
    let id = pools.ofHost('', 0, mac);
    for (const a of addresses) if (id === DEFAULT_POOL_ID && a.current) id = pools.ofHost(a.ip, a.vlan, '');
    return id === DEFAULT_POOL_ID ? '' : (pools.nameOf('host', id) ?? '');
  }

  #hostRow(h: number, most: number): HostRow {
    const { pipeline } = this.#from;
    const { hosts } = pipeline.accounts;
    const num = (word: number) => hosts.nums[h * HOST_STRIDE + word]!;
    const network = this.#network(h);
    const device = pipeline.devices.byTag(hosts.device[h]!);
    const applications = hosts.applications(h).map(([id, bytes]) => ({ id, bytes }));
    applications.sort((a, b) => b.bytes - a.bytes);
    return {
      ip: this.#ip(h),
      vlan: hosts.vlan(h),
      local: network >= 0,
      network: network < 0 ? '' : pipeline.networks.list()[network]!,
      mac: device ? macOf(device.mac) : '',
      device: device ? hexOf(device.mac) : '',
      name: device?.name ?? '',
      firstMs: num(HOST.FIRST) / 1000,
      lastMs: num(HOST.LAST) / 1000,
      bytesSent: num(HOST.BYTES_SENT),
      bytesRcvd: num(HOST.BYTES_RCVD),
      packetsSent: num(HOST.PACKETS_SENT),
      packetsRcvd: num(HOST.PACKETS_RCVD),
      flowsClient: num(HOST.FLOWS_CLIENT),
      flowsServer: num(HOST.FLOWS_SERVER),
      activeClient: num(HOST.ACTIVE_CLIENT),
      activeServer: num(HOST.ACTIVE_SERVER),
      score: num(HOST.SCORE_CLIENT) + num(HOST.SCORE_SERVER),
      applications: applications.slice(0, most),
    };
  }

  #rank(h: number, sort: HostQuery['sort']): number {
    const { nums } = this.#from.pipeline.accounts.hosts;
    const n = h * HOST_STRIDE;
    const sum = (a: number, b: number) => nums[n + a]! + nums[n + b]!;
    switch (sort) {
      case 'sent':
        return nums[n + HOST.BYTES_SENT]!;
      case 'received':
        return nums[n + HOST.BYTES_RCVD]!;
      case 'last':
        return nums[n + HOST.LAST]!;
      case 'flows':
        return sum(HOST.FLOWS_CLIENT, HOST.FLOWS_SERVER);
      case 'active':
        return sum(HOST.ACTIVE_CLIENT, HOST.ACTIVE_SERVER);
      case 'score':
        return sum(HOST.SCORE_CLIENT, HOST.SCORE_SERVER);
      default:
        return sum(HOST.BYTES_SENT, HOST.BYTES_RCVD);
    }
  }

  #network(h: number): number {
    const { accounts, networks } = this.#from.pipeline;
    const k = accounts.hosts.keys;
    const at = h * 8;
    return networks.indexOf(accounts.hosts.version(h), k[at]!, k[at + 1]!, k[at + 2]!, k[at + 3]!);
  }

  #ip(h: number): string {
    const { hosts } = this.#from.pipeline.accounts;
    const at = h * 8;
    const k = hosts.keys;
    return ipText(hosts.version(h), k[at]!, k[at + 1]!, k[at + 2]!, k[at + 3]!);
  }

  #hostText(h: number): string {
    const { accounts, devices } = this.#from.pipeline;
    const device = devices.byTag(accounts.hosts.device[h]!);
    return `${this.#ip(h)} ${device ? text(device) : ''}`.toLowerCase();
  }
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

function slice<T>(found: T[], q: { offset: number; limit: number }): T[] {
  const offset = Math.max(0, Math.floor(q.offset) || 0);
  return found.slice(offset, offset + Math.max(0, Math.min(MOST_ROWS, Math.floor(q.limit) || 0)));
}

function text(d: Device): string {
  const names = d.names.map((n) => n.name).join(' ');
  const addresses = d.addresses.map((a) => a.ip).join(' ');
  return `${hexOf(d.mac)} ${macOf(d.mac)} ${vendorOf(d.mac)} ${d.alias} ${names} ${addresses}`.toLowerCase();
}

function deviceOrder(sort: DeviceQuery['sort']): (a: Device, b: Device) => number {
  if (sort === 'first') return (a, b) => b.firstMs - a.firstMs;
  if (sort === 'bytes') return (a, b) => b.bytesSent + b.bytesRcvd - a.bytesSent - a.bytesRcvd;
  // Nameless ones last.
  if (sort === 'name') return (a, b) => Number(!a.name) - Number(!b.name) || a.name.localeCompare(b.name);
  return (a, b) => b.lastMs - a.lastMs;
}
