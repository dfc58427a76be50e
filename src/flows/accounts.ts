/**
 * Carries what flows moved to their hosts, networks and applications. Flows keep their own counters per packet; here the
 * difference since the last settling is booked: when a flow ends, and for all flows before a periodic run.
 */
import { IPPROTO, type Packet, TCP } from '../decode/packet.ts';
import type { FlowInfo } from '../protocols/info.ts';
import type { Networks } from './address.ts';
import { HOST, HOST_STRIDE, Hosts, RATE } from './hosts.ts';
import { BIT, ID, ID_STRIDE, KEY, KEY_STRIDE, MAC, MAC_STRIDE, NUM, NUM_STRIDE } from './layout.ts';
import type { FlowTable } from './table.ts';

/** Bytes of a local network: out of it, into it, within it. */
export interface NetworkBooks {
  egress: number;
  ingress: number;
  inner: number;
  packets: number;
}

const DNS = 5;
const HTTP = 7;

/** Books for the devices behind hosts; the flow room knows no more of them. */
export interface DeviceBooks {
  /** The device with this MAC shows the address of host row `h` (its tag, or 0). `at` is the first of six bytes in macs. */
  bind(h: number, macs: Uint8Array, at: number, timeUs: number): number;
  moved(tag: number, sent: number, rcvd: number, packetsSent: number, packetsRcvd: number, lastUs: number): void;
}

export class Accounts {
  readonly hosts: Hosts;
  /** Set by whoever keeps devices. */
  devices: DeviceBooks | undefined;
  /** By index of the network list. */
  networks: NetworkBooks[] = [];
  /** Bytes by application id and by category id, whole interface. */
  readonly applications = new Map<number, number>();
  readonly categories = new Map<number, number>();
  readonly #table: FlowTable;
  readonly #infos: (FlowInfo | undefined)[];
  /** Rows of both ends, and bytes and packets already booked, per flow. */
  readonly #ends: Int32Array;
  readonly #booked: Float64Array;
  /** Side that was counted as the client when the flow began; detection may turn a flow round later. */
  readonly #beganB: Uint8Array;

  constructor(table: FlowTable, infos: (FlowInfo | undefined)[], hostLimit: number) {
    this.#table = table;
    this.#infos = infos;
    this.hosts = new Hosts(hostLimit);
    this.#ends = new Int32Array(table.limit * 2);
    this.#booked = new Float64Array(table.limit * 4);
    this.#beganB = new Uint8Array(table.limit);
  }

  /** A flow was made by packet p. */
  created(f: number, p: Packet): void {
    const { keys } = this.#table;
    const k = f * KEY_STRIDE;
    const clientB = (keys[k + KEY.BITS]! & BIT.CLIENT_B) !== 0;
    // One after the other: making the second row must not take the first, which is idle until it has its flow.
    const a = this.hosts.row(p.ipVersion, p.vlan, keys, k + KEY.A, p.timeUs);
    this.#began(a, !clientB, p.timeUs);
    const b = this.hosts.row(p.ipVersion, p.vlan, keys, k + KEY.B, p.timeUs);
    this.#began(b, clientB, p.timeUs);
    if (a >= 0 && this.devices)
      this.hosts.device[a] = this.devices.bind(a, this.#table.macs, f * MAC_STRIDE + MAC.A, p.timeUs);
    this.#ends[f * 2] = a;
    this.#ends[f * 2 + 1] = b;
    this.#booked.fill(0, f * 4, f * 4 + 4);
    this.#beganB[f] = clientB ? 1 : 0;
  }

  #began(h: number, client: boolean, nowUs: number): void {
    if (h < 0) return;
    this.hosts.nums[h * HOST_STRIDE + (client ? HOST.FLOWS_CLIENT : HOST.FLOWS_SERVER)]!++;
    this.hosts.flowBegan(h, client ? HOST.ACTIVE_CLIENT : HOST.ACTIVE_SERVER);
    this.hosts.hit(h, client ? RATE.FLOW_CLIENT : RATE.FLOW_SERVER, nowUs);
  }

  /** A segment with SYN, for floods and scans; `fromB` as the table says. */
  syn(f: number, fromB: boolean, p: Packet): void {
    const sender = this.#ends[f * 2 + (fromB ? 1 : 0)]!;
    const receiver = this.#ends[f * 2 + (fromB ? 0 : 1)]!;
    const answer = (p.tcpFlags & TCP.ACK) !== 0;
    if (sender >= 0) {
      this.hosts.nums[sender * HOST_STRIDE + (answer ? HOST.SYNACK_SENT : HOST.SYN_SENT)]!++;
      if (!answer) this.hosts.hit(sender, RATE.SYN_SENT, p.timeUs);
    }
    if (receiver >= 0) {
      this.hosts.nums[receiver * HOST_STRIDE + (answer ? HOST.SYNACK_RCVD : HOST.SYN_RCVD)]!++;
      if (!answer) this.hosts.hit(receiver, RATE.SYN_RCVD, p.timeUs);
    }
  }

  /** The flow's protocol is known: counts its DNS and HTTP dialogue for both ends. */
  detected(f: number): void {
    const master = this.#table.ids[f * ID_STRIDE + ID.MASTER]!;
    const info = this.#infos[f];
    if (!info || (master !== DNS && master !== HTTP)) return;
    const [client, server] = this.#sides(f);
    if (master === DNS && info.dns) {
      this.#dialogue(
        client,
        server,
        HOST.DNS_QUERIES_SENT,
        info.dns.rcode === undefined ? undefined : info.dns.rcode === 0 ? HOST.DNS_OK_SENT : HOST.DNS_ERROR_SENT,
      );
    }
    if (master === HTTP && info.http?.method) {
      this.#dialogue(
        client,
        server,
        HOST.HTTP_REQUESTS_SENT,
        info.http.status === undefined ? undefined : HOST.HTTP_REPLIES_SENT,
      );
    }
  }

  /** `asked` and `answered` are the SENT words; RCVD lies behind each. */
  #dialogue(client: number, server: number, asked: number, answered: number | undefined): void {
    const { nums } = this.hosts;
    if (client >= 0) {
      nums[client * HOST_STRIDE + asked]!++;
      if (answered !== undefined) nums[client * HOST_STRIDE + answered + 1]!++;
    }
    if (server >= 0) {
      nums[server * HOST_STRIDE + asked + 1]!++;
      if (answered !== undefined) nums[server * HOST_STRIDE + answered]!++;
    }
  }

  /** Adds a score that a plugin gave to both ends. */
  score(f: number, client: number, server: number): void {
    const [c, s] = this.#sides(f);
    if (c >= 0) this.hosts.nums[c * HOST_STRIDE + HOST.SCORE_CLIENT]! += client;
    if (s >= 0) this.hosts.nums[s * HOST_STRIDE + HOST.SCORE_SERVER]! += server;
  }

  /** Books what the flow moved since the last time. */
  settle(f: number, networks: Networks): void {
    const { nums, keys, ids } = this.#table;
    const n = f * NUM_STRIDE;
    const booked = f * 4;
    const bytesA = nums[n + NUM.BYTES]! - this.#booked[booked]!;
    const bytesB = nums[n + NUM.BYTES + 1]! - this.#booked[booked + 1]!;
    const packetsA = nums[n + NUM.PACKETS]! - this.#booked[booked + 2]!;
    const packetsB = nums[n + NUM.PACKETS + 1]! - this.#booked[booked + 3]!;
    if (packetsA + packetsB === 0) return;
    this.#booked[booked] = nums[n + NUM.BYTES]!;
    this.#booked[booked + 1] = nums[n + NUM.BYTES + 1]!;
    this.#booked[booked + 2] = nums[n + NUM.PACKETS]!;
    this.#booked[booked + 3] = nums[n + NUM.PACKETS + 1]!;
    const app = ids[f * ID_STRIDE + ID.APP]!;
    const lastUs = nums[n + NUM.LAST]!;
    const b = this.#ends[f * 2 + 1]!;
    if (packetsB > 0 && b >= 0 && this.hosts.device[b] === 0 && this.devices)
      this.hosts.device[b] = this.devices.bind(b, this.#table.macs, f * MAC_STRIDE + MAC.B, lastUs);
    this.#book(this.#ends[f * 2]!, bytesA, bytesB, packetsA, packetsB, app, lastUs);
    this.#book(b, bytesB, bytesA, packetsB, packetsA, app, lastUs);
    const bytes = bytesA + bytesB;
    this.applications.set(app, (this.applications.get(app) ?? 0) + bytes);
    const category = ids[f * ID_STRIDE + ID.CATEGORY]!;
    this.categories.set(category, (this.categories.get(category) ?? 0) + bytes);
    const k = f * KEY_STRIDE;
    const version = (keys[k + KEY.META]! >> 8) & 15;
    const netA = networks.indexOf(version, keys[k]!, keys[k + 1]!, keys[k + 2]!, keys[k + 3]!);
    const netB = networks.indexOf(version, keys[k + 4]!, keys[k + 5]!, keys[k + 6]!, keys[k + 7]!);
    const packets = packetsA + packetsB;
    if (netA >= 0) this.#network(netA).packets += packets;
    if (netB >= 0 && netB !== netA) this.#network(netB).packets += packets;
    if (netA >= 0 && netA === netB) this.#network(netA).inner += bytes;
    else {
      if (netA >= 0) this.#across(this.#network(netA), bytesA, bytesB);
      if (netB >= 0) this.#across(this.#network(netB), bytesB, bytesA);
    }
  }

  #across(books: NetworkBooks, out: number, into: number): void {
    books.egress += out;
    books.ingress += into;
  }

  #network(i: number): NetworkBooks {
    return (this.networks[i] ??= { egress: 0, ingress: 0, inner: 0, packets: 0 });
  }

  #book(
    h: number,
    sent: number,
    rcvd: number,
    packetsSent: number,
    packetsRcvd: number,
    app: number,
    lastUs: number,
  ): void {
    if (h < 0) return;
    const n = h * HOST_STRIDE;
    const nums = this.hosts.nums;
    nums[n + HOST.BYTES_SENT]! += sent;
    nums[n + HOST.BYTES_RCVD]! += rcvd;
    nums[n + HOST.PACKETS_SENT]! += packetsSent;
    nums[n + HOST.PACKETS_RCVD]! += packetsRcvd;
    // Activity in steps of at most five seconds, ntopng's rhythm of refreshing statistics.
    const step = Math.max(0, (lastUs - nums[n + HOST.LAST]!) / 1e6);
    if (step > 0) nums[n + HOST.ACTIVITY]! += Math.min(5, step);
    if (lastUs > nums[n + HOST.LAST]!) nums[n + HOST.LAST] = lastUs;
    this.hosts.addApplication(h, app, sent + rcvd);
    const device = this.hosts.device[h]!;
    if (device !== 0) this.devices?.moved(device, sent, rcvd, packetsSent, packetsRcvd, lastUs);
  }

  /** One ARP packet between two IPv4 addresses; hosts that have no flows yet are not made for it. */
  arp(vlan: number, sender: number, target: number, operation: number): void {
    const { hosts } = this;
    const reply = operation === 2;
    const from = hosts.find(4, vlan, 0, 0, 0, sender);
    const to = hosts.find(4, vlan, 0, 0, 0, target);
    const word = reply ? HOST.ARP_REPLIES_SENT : HOST.ARP_REQUESTS_SENT;
    if (from >= 0) hosts.nums[from * HOST_STRIDE + word]!++;
    if (to >= 0) hosts.nums[to * HOST_STRIDE + word + 1]!++;
  }

  /** The flow leaves the table: last booking. */
  ended(f: number, networks: Networks): void {
    this.settle(f, networks);
    const client = this.#ends[f * 2 + this.#beganB[f]!]!;
    const server = this.#ends[f * 2 + 1 - this.#beganB[f]!]!;
    if (client >= 0) this.hosts.flowEnded(client, HOST.ACTIVE_CLIENT);
    if (server >= 0) this.hosts.flowEnded(server, HOST.ACTIVE_SERVER);
  }

  /** The list of local networks changed: what was booked stays with its network. */
  renumber(before: readonly string[], after: readonly string[]): void {
    const books = this.networks;
    this.networks = after.map((cidr) => books[before.indexOf(cidr)] ?? { egress: 0, ingress: 0, inner: 0, packets: 0 });
  }

  /** Books all flows; before a periodic run reads. */
  settleAll(networks: Networks): void {
    for (let f = 0; f < this.#table.high; f++) if (this.#table.used(f)) this.settle(f, networks);
  }

  /** Rows of client and server as they stand now. */
  #sides(f: number): [number, number] {
    const clientB = (this.#table.keys[f * KEY_STRIDE + KEY.BITS]! & BIT.CLIENT_B) !== 0;
    return clientB ? [this.#ends[f * 2 + 1]!, this.#ends[f * 2]!] : [this.#ends[f * 2]!, this.#ends[f * 2 + 1]!];
  }
}

export const isSyn = (p: Packet): boolean => p.proto === IPPROTO.TCP && (p.tcpFlags & TCP.SYN) !== 0;
