/**
 * The flow table: a hash table of fixed size over typed arrays. A packet of either direction finds its flow with one
 * symmetric hash; nothing is allocated per packet or per flow.
 */
import type { Packet } from '../decode/packet.ts';
import { alignedBuffer } from './aligned.ts';
import { BIT, FLOW_BYTES, KEY, KEY_STRIDE, MAC, MAC_STRIDE, NUM, NUM_STRIDE } from './layout.ts';

export class FlowTable {
  /** Flows that fit. */
  readonly limit: number;
  readonly keys: Int32Array;
  readonly nums: Float64Array;
  readonly track: Int32Array;
  readonly ids: Uint16Array;
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
    const { buffer, offset } = alignedBuffer(limit * FLOW_BYTES);
    this.keys = new Int32Array(buffer, offset, limit * KEY_STRIDE);
    this.nums = new Float64Array(buffer, offset, limit * NUM_STRIDE);
    this.track = this.keys;
    this.ids = new Uint16Array(buffer, offset, limit * (FLOW_BYTES / 2));
    this.macs = new Uint8Array(buffer, offset, limit * MAC_STRIDE);
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
    // Counters, tracking, verdict and MACs: all that lies behind the first line.
    k.fill(0, at + KEY.BITS + 1, at + KEY_STRIDE);
    if (p.macAt >= 0) {
      const to = f * MAC_STRIDE;
      for (let i = 0; i < 6; i++) {
        this.macs[to + MAC.A + i] = p.buf[p.macAt + 6 + i]!;
        this.macs[to + MAC.B + i] = p.buf[p.macAt + i]!;
      }
    }
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
