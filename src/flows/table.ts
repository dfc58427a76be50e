/**
 * The flow table: a hash table of fixed size over typed arrays. A packet of either direction finds its flow with one
 * symmetric hash; nothing is allocated per packet or per flow.
 */
import type { Packet } from '../decode/packet.ts';
import { BIT, ID_STRIDE, KEY, KEY_STRIDE, NUM, NUM_STRIDE, TRACK_STRIDE } from './layout.ts';

export class FlowTable {
  /** Flows that fit. */
  readonly limit: number;
  readonly keys: Int32Array;
  readonly nums: Float64Array;
  readonly track: Int32Array;
  readonly ids: Uint16Array;
  /** MAC of side A then side B, 12 bytes a flow; all zero where the link has none. */
  readonly macs: Uint8Array;
  /** Flows in use. */
  size = 0;
  /** True when the packet of the last find() came from side B. */
  fromB = false;
  readonly #heads: Int32Array;
  readonly #mask: number;
  #free = -1;
  #fresh = 0;
  #created = 0;

  constructor(limit: number) {
    this.limit = limit;
    this.keys = new Int32Array(limit * KEY_STRIDE);
    this.nums = new Float64Array(limit * NUM_STRIDE);
    this.track = new Int32Array(limit * TRACK_STRIDE);
    this.ids = new Uint16Array(limit * ID_STRIDE);
    this.macs = new Uint8Array(limit * 12);
    const buckets = 2 ** Math.ceil(Math.log2(limit * 1.5));
    this.#heads = new Int32Array(buckets).fill(-1);
    this.#mask = buckets - 1;
  }

  /** Flows made since start. */
  get created(): number {
    return this.#created;
  }

  /** The packet's flow, or -1. Sets `fromB`. */
  find(p: Packet): number {
    const k = this.keys;
    const hash = hashOf(p);
    const meta = metaOf(p);
    const ports = (p.sport << 16) | p.dport;
    const swapped = (p.dport << 16) | p.sport;
    for (let f = this.#heads[hash & this.#mask]!; f >= 0; f = k[f * KEY_STRIDE + KEY.NEXT]!) {
      const at = f * KEY_STRIDE;
      if (k[at + KEY.HASH] !== hash || k[at + KEY.META] !== meta) continue;
      if (
        k[at + KEY.PORTS] === ports &&
        k[at + 3] === p.s3 &&
        k[at + 7] === p.d3 &&
        k[at + 2] === p.s2 &&
        k[at + 6] === p.d2 &&
        k[at + 1] === p.s1 &&
        k[at + 5] === p.d1 &&
        k[at] === p.s0 &&
        k[at + 4] === p.d0
      ) {
        this.fromB = false;
        return f;
      }
      if (
        k[at + KEY.PORTS] === swapped &&
        k[at + 3] === p.d3 &&
        k[at + 7] === p.s3 &&
        k[at + 2] === p.d2 &&
        k[at + 6] === p.s2 &&
        k[at + 1] === p.d1 &&
        k[at + 5] === p.s1 &&
        k[at] === p.d0 &&
        k[at + 4] === p.s0
      ) {
        this.fromB = true;
        return f;
      }
    }
    return -1;
  }

  /** Makes a flow whose side A is the packet's sender; -1 when the table is full (evict first). */
  insert(p: Packet): number {
    let f = this.#free;
    if (f >= 0) this.#free = this.keys[f * KEY_STRIDE + KEY.NEXT]!;
    else if (this.#fresh < this.limit) f = this.#fresh++;
    else return -1;
    const k = this.keys;
    const at = f * KEY_STRIDE;
    k[at] = p.s0;
    k[at + 1] = p.s1;
    k[at + 2] = p.s2;
    k[at + 3] = p.s3;
    k[at + 4] = p.d0;
    k[at + 5] = p.d1;
    k[at + 6] = p.d2;
    k[at + 7] = p.d3;
    k[at + KEY.PORTS] = (p.sport << 16) | p.dport;
    k[at + KEY.META] = metaOf(p);
    const hash = hashOf(p);
    k[at + KEY.HASH] = hash;
    k[at + KEY.NEXT] = this.#heads[hash & this.#mask]!;
    this.#heads[hash & this.#mask] = f;
    k[at + KEY.WHEEL_SLOT] = -1;
    k[at + KEY.BITS] = BIT.USED;
    this.nums.fill(0, f * NUM_STRIDE, (f + 1) * NUM_STRIDE);
    this.track.fill(0, f * TRACK_STRIDE, (f + 1) * TRACK_STRIDE);
    this.ids.fill(0, f * ID_STRIDE, (f + 1) * ID_STRIDE);
    if (p.macAt >= 0) {
      const to = f * 12;
      for (let i = 0; i < 6; i++) {
        this.macs[to + i] = p.buf[p.macAt + 6 + i]!;
        this.macs[to + 6 + i] = p.buf[p.macAt + i]!;
      }
    } else this.macs.fill(0, f * 12, f * 12 + 12);
    const n = f * NUM_STRIDE;
    this.nums[n + NUM.FIRST] = p.timeUs;
    this.nums[n + NUM.LAST] = p.timeUs;
    this.nums[n + NUM.ID] = ++this.#created;
    this.size++;
    this.fromB = false;
    return f;
  }

  /** Takes a flow out; its number may be given to the next flow. The timer wheel must have let go of it. */
  remove(f: number): void {
    const k = this.keys;
    const at = f * KEY_STRIDE;
    const bucket = k[at + KEY.HASH]! & this.#mask;
    let link = this.#heads[bucket]!;
    if (link === f) this.#heads[bucket] = k[at + KEY.NEXT]!;
    else {
      while (k[link * KEY_STRIDE + KEY.NEXT] !== f) link = k[link * KEY_STRIDE + KEY.NEXT]!;
      k[link * KEY_STRIDE + KEY.NEXT] = k[at + KEY.NEXT]!;
    }
    k[at + KEY.BITS] = 0;
    k[at + KEY.NEXT] = this.#free;
    this.#free = f;
    this.size--;
  }

  used(f: number): boolean {
    return (this.keys[f * KEY_STRIDE + KEY.BITS]! & BIT.USED) !== 0;
  }

  /** Numbers below this have been used at some time. */
  get high(): number {
    return this.#fresh;
  }
}

/** Protocol, IP version and VLAN in one word. */
function metaOf(p: Packet): number {
  return p.proto | (p.ipVersion << 8) | (p.vlan << 12);
}

/** The same for both directions. Seeded: an attacker must not be able to fill one bucket from outside. */
function hashOf(p: Packet): number {
  let h = SEED ^ p.proto ^ (p.vlan << 8);
  h = Math.imul(h ^ (p.s3 + p.d3), 0x9e3779b1);
  h = Math.imul(h ^ (p.s3 ^ p.d3) ^ (h >>> 15), 0x85ebca6b);
  h = Math.imul(h ^ (p.sport + p.dport + ((p.sport ^ p.dport) << 16)) ^ (h >>> 13), 0xc2b2ae35);
  if (p.ipVersion === 6) {
    h = Math.imul(h ^ (p.s0 + p.d0) ^ (h >>> 15), 0x27d4eb2f);
    h = Math.imul(h ^ (p.s1 + p.d1) ^ ((p.s2 + p.d2) << 7) ^ (h >>> 13), 0x165667b1);
  }
  return h ^ (h >>> 16);
}

const SEED = (Math.random() * 0x1_0000_0000) | 0;
