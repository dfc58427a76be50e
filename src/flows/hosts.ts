/**
 * The host table: one row per address and VLAN in typed arrays, bounded, evicting the longest silent. A flow knows the
 * rows of its two ends, so hosts cost nothing per packet.
 */
import { count, counter } from '../decode/counters.ts';
import { IdleList } from './idle-list.ts';

const EVICTED = counter('hosts.table.evicted');

/** Float64 words of a host. Times in microseconds of packet time; `TOTAL` counters since first seen. */
export const HOST = {
  FIRST: 0,
  LAST: 1,
  /** Seconds in which accounts found traffic, by the minute's rhythm of settling. */
  ACTIVITY: 2,
  BYTES_SENT: 3,
  BYTES_RCVD: 4,
  PACKETS_SENT: 5,
  PACKETS_RCVD: 6,
  FLOWS_CLIENT: 7,
  FLOWS_SERVER: 8,
  ACTIVE_CLIENT: 9,
  ACTIVE_SERVER: 10,
  /** Of this minute, for scans. */
  SYN_SENT: 11,
  SYN_RCVD: 12,
  SYNACK_SENT: 13,
  SYNACK_RCVD: 14,
  DNS_QUERIES_SENT: 15,
  DNS_QUERIES_RCVD: 16,
  DNS_OK_SENT: 17,
  DNS_OK_RCVD: 18,
  DNS_ERROR_SENT: 19,
  DNS_ERROR_RCVD: 20,
  HTTP_REQUESTS_SENT: 21,
  HTTP_REQUESTS_RCVD: 22,
  HTTP_REPLIES_SENT: 23,
  HTTP_REPLIES_RCVD: 24,
  SCORE_CLIENT: 25,
  SCORE_SERVER: 26,
  ARP_REQUESTS_SENT: 27,
  ARP_REQUESTS_RCVD: 28,
  ARP_REPLIES_SENT: 29,
  ARP_REPLIES_RCVD: 30,
  /** BYTES_SENT + BYTES_RCVD when the history's minute began. */
  BYTES_AT_MINUTE: 31,
} as const;
export const HOST_STRIDE = 32;

/** What the three-second windows watch. */
export const RATE = { FLOW_CLIENT: 0, FLOW_SERVER: 1, SYN_SENT: 2, SYN_RCVD: 3 } as const;
/** Second, hits in it, hits in the two before, the minute's best. */
const WINDOW = 5;
const RATE_STRIDE = 4 * WINDOW;

/** Applications counted per host; a host that talks more kinds keeps the first. */
const MAX_APPLICATIONS = 64;
/** Of them so many lie in the row itself: in a flood a map for each of 65,536 hosts was most of the heap. */
const APPLICATIONS = 4;
const NO_APPLICATION = 0xffff;

export class Hosts {
  readonly limit: number;
  readonly keys: Int32Array;
  readonly nums: Float64Array;
  readonly #rates: Int32Array;
  /** Tag of the device that has the address (devices/table.ts), 0 = unknown. */
  readonly device: Int32Array;
  /** The first applications of each host: ids and bytes; id 0 counts as well, NO_APPLICATION is a free place. */
  readonly #appIds: Uint16Array;
  readonly #appBytes: Float64Array;
  /** Further ones, for the few that have more. */
  readonly #moreApplications = new Map<number, Map<number, number>>();
  /** Hosts without live flows. */
  readonly #idle: IdleList;
  readonly #heads: Int32Array;
  readonly #mask: number;
  size = 0;
  evicted = 0;
  #fresh = 0;
  #free = -1;

  constructor(limit: number) {
    this.limit = limit;
    this.#appIds = new Uint16Array(limit * APPLICATIONS).fill(NO_APPLICATION);
    this.#appBytes = new Float64Array(limit * APPLICATIONS);
    this.#idle = new IdleList(limit);
    this.keys = new Int32Array(limit * 8);
    this.nums = new Float64Array(limit * HOST_STRIDE);
    this.#rates = new Int32Array(limit * RATE_STRIDE);
    this.device = new Int32Array(limit);
    const buckets = 2 ** Math.ceil(Math.log2(limit * 1.5));
    this.#heads = new Int32Array(buckets).fill(-1);
    this.#mask = buckets - 1;
  }

  /** Rows below this have been used at some time. */
  get high(): number {
    return this.#fresh;
  }

  used(h: number): boolean {
    return this.keys[h * 8 + 7]! !== 0;
  }

  /** Row of an address that is known, or -1. */
  find(version: number, vlan: number, w0: number, w1: number, w2: number, w3: number): number {
    const meta = version | (vlan << 4);
    const mine = this.keys;
    for (let h = this.#heads[this.#hash(meta, w0, w1, w2, w3)]!; h >= 0; h = mine[h * 8 + 6]!) {
      const m = h * 8;
      if (mine[m + 3] === w3 && mine[m + 4] === meta && mine[m + 2] === w2 && mine[m + 1] === w1 && mine[m] === w0)
        return h;
    }
    return -1;
  }

  /** Row of the address whose words lie at k[at..at+3], for a flow that begins; made when it is new. -1 when all rows have live flows. */
  row(version: number, vlan: number, k: Int32Array, at: number, nowUs: number): number {
    const meta = version | (vlan << 4);
    const hash = this.#hash(meta, k[at]!, k[at + 1]!, k[at + 2]!, k[at + 3]!);
    const mine = this.keys;
    for (let h = this.#heads[hash]!; h >= 0; h = mine[h * 8 + 6]!) {
      const m = h * 8;
      if (
        mine[m + 3] === k[at + 3] &&
        mine[m + 4] === meta &&
        mine[m + 2] === k[at + 2] &&
        mine[m + 1] === k[at + 1] &&
        mine[m] === k[at]
      )
        return h;
    }
    return this.#make(meta, hash, k, at, nowUs);
  }

  version(h: number): number {
    return this.keys[h * 8 + 4]! & 15;
  }

  vlan(h: number): number {
    return this.keys[h * 8 + 4]! >> 4;
  }

  /** One hit in a three-second window. */
  hit(h: number, rate: number, nowUs: number): void {
    const at = h * RATE_STRIDE + rate * WINDOW;
    const second = Math.floor(nowUs / 1e6) | 0;
    this.#roll(at, second);
    this.#rates[at + 1]!++;
  }

  /** The largest number of hits a second that three seconds in a row all reached since the last reset. */
  peak(h: number, rate: number, nowUs: number): number {
    const at = h * RATE_STRIDE + rate * WINDOW;
    this.#roll(at, (Math.floor(nowUs / 1e6) | 0) + 1);
    return this.#rates[at + 4]!;
  }

  /** After a minute's run: peaks and scan counters begin anew. */
  resetMinute(h: number): void {
    for (let rate = 0; rate < 4; rate++) this.#rates[h * RATE_STRIDE + rate * WINDOW + 4] = 0;
    const n = h * HOST_STRIDE;
    this.nums.fill(0, n + HOST.SYN_SENT, n + HOST.SYNACK_RCVD + 1);
  }

  /** A flow of host h began; `active` is HOST.ACTIVE_CLIENT or HOST.ACTIVE_SERVER. */
  flowBegan(h: number, active: number): void {
    this.nums[h * HOST_STRIDE + active]!++;
    this.#idle.take(h);
  }

  /** A flow of host h ended; without one it may have to leave its row to another. */
  flowEnded(h: number, active: number): void {
    const n = h * HOST_STRIDE;
    this.nums[n + active]!--;
    if (this.nums[n + HOST.ACTIVE_CLIENT]! + this.nums[n + HOST.ACTIVE_SERVER]! === 0) this.#idle.add(h);
  }

  addApplication(h: number, app: number, bytes: number): void {
    const ids = this.#appIds;
    const first = h * APPLICATIONS;
    for (let at = first; at < first + APPLICATIONS; at++) {
      if (ids[at] === NO_APPLICATION) ids[at] = app;
      if (ids[at] === app) {
        this.#appBytes[at]! += bytes;
        return;
      }
    }
    let more = this.#moreApplications.get(h);
    if (!more) this.#moreApplications.set(h, (more = new Map()));
    const known = more.get(app);
    if (known !== undefined || more.size < MAX_APPLICATIONS - APPLICATIONS) more.set(app, (known ?? 0) + bytes);
  }

  /** Application ids of a host and their bytes, in the order in which it began with them. */
  applications(h: number): [id: number, bytes: number][] {
    const out: [number, number][] = [];
    for (let at = h * APPLICATIONS; at < (h + 1) * APPLICATIONS; at++) {
      if (this.#appIds[at] !== NO_APPLICATION) out.push([this.#appIds[at]!, this.#appBytes[at]!]);
    }
    const more = this.#moreApplications.get(h);
    if (more) out.push(...more);
    return out;
  }

  #forgetApplications(h: number): void {
    this.#appIds.fill(NO_APPLICATION, h * APPLICATIONS, (h + 1) * APPLICATIONS);
    this.#appBytes.fill(0, h * APPLICATIONS, (h + 1) * APPLICATIONS);
    if (this.#moreApplications.size > 0) this.#moreApplications.delete(h);
  }

  #roll(at: number, second: number): void {
    const r = this.#rates;
    const passed = second - r[at]!;
    if (passed <= 0) return;
    if (r[at] !== 0) r[at + 4] = Math.max(r[at + 4]!, Math.min(r[at + 1]!, r[at + 2]!, r[at + 3]!));
    r[at + 3] = passed === 1 ? r[at + 2]! : passed === 2 ? r[at + 1]! : 0;
    r[at + 2] = passed === 1 ? r[at + 1]! : 0;
    r[at + 1] = 0;
    r[at] = second;
  }

  #make(meta: number, hash: number, k: Int32Array, at: number, nowUs: number): number {
    let h = this.#free;
    if (h >= 0) this.#free = this.keys[h * 8 + 6]!;
    else if (this.#fresh < this.limit) h = this.#fresh++;
    else {
      h = this.#evict();
      if (h < 0) return -1;
    }
    const m = h * 8;
    for (let i = 0; i < 4; i++) this.keys[m + i] = k[at + i]!;
    this.keys[m + 4] = meta;
    this.keys[m + 5] = hash;
    this.keys[m + 6] = this.#heads[hash]!;
    this.keys[m + 7] = 1;
    this.#heads[hash] = h;
    this.nums.fill(0, h * HOST_STRIDE, (h + 1) * HOST_STRIDE);
    this.#rates.fill(0, h * RATE_STRIDE, (h + 1) * RATE_STRIDE);
    this.#forgetApplications(h);
    this.device[h] = 0;
    this.nums[h * HOST_STRIDE + HOST.FIRST] = nowUs;
    this.nums[h * HOST_STRIDE + HOST.LAST] = nowUs;
    this.size++;
    return h;
  }

  /** Frees the row that has been without live flows for longest and takes it; -1 when there is none. */
  #evict(): number {
    const h = this.#idle.first;
    if (h < 0) return -1;
    count(EVICTED);
    this.evicted++;
    this.remove(h);
    this.#free = this.keys[h * 8 + 6]!;
    return h;
  }

  /** Takes a host out; it must have no live flows. */
  remove(h: number): void {
    const m = h * 8;
    const bucket = this.keys[m + 5]!;
    let link = this.#heads[bucket]!;
    if (link === h) this.#heads[bucket] = this.keys[m + 6]!;
    else {
      while (this.keys[link * 8 + 6] !== h) link = this.keys[link * 8 + 6]!;
      this.keys[link * 8 + 6] = this.keys[m + 6]!;
    }
    this.keys[m + 7] = 0;
    this.keys[m + 6] = this.#free;
    this.#forgetApplications(h);
    this.#idle.take(h);
    this.#free = h;
    this.size--;
  }

  #hash(meta: number, w0: number, w1: number, w2: number, w3: number): number {
    let h = Math.imul(SEED ^ meta ^ w3, 0x9e3779b1);
    h = Math.imul(h ^ w0 ^ (h >>> 15), 0x85ebca6b);
    h = Math.imul(h ^ w1 ^ (w2 << 7) ^ (h >>> 13), 0xc2b2ae35);
    return (h ^ (h >>> 16)) & this.#mask;
  }
}

const SEED = (Math.random() * 0x1_0000_0000) | 0;
