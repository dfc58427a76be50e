/**
 * Fragments of IPv4 (RFC 791 section 3.2) and IPv6 (RFC 8200 section 4.5): a datagram is put together in one of a few
 * buffers, and later fragments learn the ports of the first. Overlaps make a datagram unreadable, as receivers treat them
 * (RFC 5722). Nothing is allocated once all buffers have been used.
 */
import { count, counter } from './counters.ts';
import type { Packet } from './packet.ts';

const EVICTED = counter('decode.fragment.evicted');
const OVERLAP = counter('decode.fragment.overlap');
const TOO_LONG = counter('decode.fragment.too_long');
const LENGTH = counter('decode.fragment.bad_length');

export const LIMITS = {
  /** Datagrams known at once: 64 sets of 4. A flood of first fragments pushes out the oldest of its set. */
  entries: 256,
  /** Of these so many are put together, 64 kB each, made when first needed: 2 MB. */
  buffers: 32,
  /** Longest datagram's data. */
  bytes: 65_535,
  /** Packet time after which a datagram is given up; Linux waits as long. */
  timeoutUs: 30_000_000,
} as const;

const WAYS = 4;
const SETS = LIMITS.entries / WAYS;
/** Room before the data for the two MAC addresses of the first frame, aligned. */
export const DATA_AT = 16;
const UNIT = 8;
const UNITS = Math.ceil(LIMITS.bytes / UNIT);

/** Int32 words of an entry. */
const E = { S: 0, D: 4, ID: 8, META: 9, PORTS: 10, BUFFER: 11, HAVE: 12, TOTAL: 13, STATE: 14, TRANSPORT: 15 } as const;
const STRIDE = 16;
const STATE = { FREE: 0, OPEN: 1, DONE: 2, SPOILED: 3 } as const;
/** Set in TRANSPORT once the first fragment was seen: protocol and ICMP type may all be zero. */
const LEARNT = 1;

/** What add() says: wait for the others, read `whole`, or read this one by itself: it cannot be put together. */
export const ADDED = { WAIT: 0, WHOLE: 1, ALONE: 2 } as const;

class Assembly {
  readonly bytes = new Uint8Array(DATA_AT + LIMITS.bytes + UNIT);
  /** One bit a unit of 8 bytes. */
  readonly seen = new Uint32Array((UNITS + 31) >> 5);
  owner = -1;
}

export class Fragments {
  readonly #words = new Int32Array(LIMITS.entries * STRIDE);
  readonly #times = new Float64Array(LIMITS.entries);
  readonly #assemblies: Assembly[] = [];
  #hand = 0;
  /** The last complete datagram: MAC addresses of its first frame, its data from DATA_AT on; length of the data. */
  whole: Uint8Array = EMPTY;
  wholeLength = 0;

  /** Bytes held in buffers. */
  get bytes(): number {
    return this.#assemblies.length * (DATA_AT + LIMITS.bytes + UNIT);
  }

  /**
   * Takes the fragment whose data is buf[at, at + length) with `wire` bytes of it on the wire, at `offset` in its
   * datagram. Gives one of ADDED; after WHOLE `whole` holds the datagram until the next one is complete.
   */
  add(p: Packet, id: number, offset: number, more: boolean, at: number, length: number, wire: number): number {
    const entry = this.#entry(p, id);
    const w = entry * STRIDE;
    this.#times[entry] = p.timeUs;
    const words = this.#words;
    if (words[w + E.STATE] === STATE.SPOILED) return ADDED.ALONE;
    if (words[w + E.STATE] === STATE.DONE) return ADDED.WAIT;
    // Every fragment but the last is a multiple of eight bytes; a cut frame cannot be put together.
    if (wire <= 0 || (more && wire % UNIT !== 0) || length < wire) return this.#spoil(entry, LENGTH);
    if (offset + wire > LIMITS.bytes) return this.#spoil(entry, TOO_LONG);
    const total = words[w + E.TOTAL]!;
    const assembly = this.#assembly(entry);
    const news = mark(assembly.seen, offset / UNIT, Math.ceil((offset + wire) / UNIT));
    if (news === 0) return ADDED.WAIT;
    if (news < 0 || (total > 0 && (!more || offset + wire > total))) return this.#spoil(entry, OVERLAP);
    const to = DATA_AT + offset;
    const { bytes } = assembly;
    const from = p.buf;
    for (let i = 0; i < wire; i++) bytes[to + i] = from[at + i]!;
    if (offset === 0) for (let i = 0; i < 12; i++) bytes[i] = p.macAt >= 0 ? from[p.macAt + i]! : 0;
    if (!more) words[w + E.TOTAL] = offset + wire;
    words[w + E.HAVE]! += news;
    const end = words[w + E.TOTAL]!;
    if (end === 0) return ADDED.WAIT;
    const units = Math.ceil(end / UNIT);
    if (words[w + E.HAVE]! > units) return this.#spoil(entry, OVERLAP);
    if (words[w + E.HAVE] !== units) return ADDED.WAIT;
    this.whole = bytes;
    this.wholeLength = end;
    this.#release(entry);
    words[w + E.STATE] = STATE.DONE;
    return ADDED.WHOLE;
  }

  /** What is known of the datagram cannot become whole any more. */
  #spoil(entry: number, why: number): number {
    count(why);
    this.#release(entry);
    this.#words[entry * STRIDE + E.STATE] = STATE.SPOILED;
    return ADDED.ALONE;
  }

  /** Remembers the ports that the first fragment bears, for those that come after it. */
  learnPorts(p: Packet, id: number): void {
    const w = this.#entry(p, id) * STRIDE;
    this.#words[w + E.PORTS] = (p.sport << 16) | p.dport;
    this.#words[w + E.TRANSPORT] = LEARNT | (p.proto << 8) | (p.icmpType << 16) | (p.icmpCode << 24);
  }

  /** Gives a later fragment what the first one told of ports and protocol; false when that did not come yet. */
  recallPorts(p: Packet, id: number): boolean {
    const w = this.#entry(p, id) * STRIDE;
    const transport = this.#words[w + E.TRANSPORT]!;
    if (transport === 0) return false;
    const ports = this.#words[w + E.PORTS]!;
    p.sport = ports >>> 16;
    p.dport = ports & 0xffff;
    p.proto = (transport >> 8) & 0xff;
    p.icmpType = (transport >> 16) & 0xff;
    p.icmpCode = transport >>> 24;
    return true;
  }

  /** The entry of the packet's datagram, made when it is not there; the oldest of its set gives way. */
  #entry(p: Packet, id: number): number {
    const words = this.#words;
    const meta = p.ipVersion | (p.vlan << 8) | ((p.ipVersion === 4 ? p.proto : 0) << 20);
    let h = Math.imul(id ^ meta, 0x9e3779b1) ^ p.s3 ^ Math.imul(p.d3, 0x85ebca6b);
    h ^= h >>> 15;
    const first = ((h >>> 0) % SETS) * WAYS;
    let oldest = first;
    for (let entry = first; entry < first + WAYS; entry++) {
      const w = entry * STRIDE;
      if (words[w + E.STATE] === STATE.FREE || p.timeUs - this.#times[entry]! > LIMITS.timeoutUs) {
        this.#times[entry] = -1;
      } else if (
        words[w + E.ID] === id &&
        words[w + E.META] === meta &&
        words[w + 3] === p.s3 &&
        words[w + 7] === p.d3 &&
        words[w + 2] === p.s2 &&
        words[w + 6] === p.d2 &&
        words[w + 1] === p.s1 &&
        words[w + 5] === p.d1 &&
        words[w] === p.s0 &&
        words[w + 4] === p.d0
      ) {
        return entry;
      }
      if (this.#times[entry]! < this.#times[oldest]!) oldest = entry;
    }
    const w = oldest * STRIDE;
    if (this.#times[oldest]! >= 0 && words[w + E.STATE] === STATE.OPEN) count(EVICTED);
    this.#release(oldest);
    words[w] = p.s0;
    words[w + 1] = p.s1;
    words[w + 2] = p.s2;
    words[w + 3] = p.s3;
    words[w + 4] = p.d0;
    words[w + 5] = p.d1;
    words[w + 6] = p.d2;
    words[w + 7] = p.d3;
    words[w + E.ID] = id;
    words[w + E.META] = meta;
    words[w + E.PORTS] = 0;
    words[w + E.TRANSPORT] = 0;
    words[w + E.HAVE] = 0;
    words[w + E.TOTAL] = 0;
    words[w + E.BUFFER] = -1;
    words[w + E.STATE] = STATE.OPEN;
    this.#times[oldest] = p.timeUs;
    return oldest;
  }

  /** The entry's buffer; when all are in use the next one in turn is taken away from its datagram. */
  #assembly(entry: number): Assembly {
    const w = entry * STRIDE + E.BUFFER;
    const own = this.#words[w]!;
    if (own >= 0) return this.#assemblies[own]!;
    let i = this.#freeAssembly();
    if (i < 0) {
      do this.#hand = (this.#hand + 1) % LIMITS.buffers;
      while (this.#assemblies[this.#hand]!.owner < 0);
      i = this.#hand;
      this.#spoil(this.#assemblies[i]!.owner, EVICTED);
    }
    const assembly = this.#assemblies[i]!;
    assembly.owner = entry;
    assembly.seen.fill(0);
    this.#words[w] = i;
    return assembly;
  }

  /** A buffer nobody owns, made if there may be one more; the last whole datagram may still be being read. */
  #freeAssembly(): number {
    const all = this.#assemblies;
    for (let i = 0; i < all.length; i++) if (all[i]!.owner < 0 && all[i]!.bytes !== this.whole) return i;
    return all.length < LIMITS.buffers ? all.push(new Assembly()) - 1 : -1;
  }

  #release(entry: number): void {
    const w = entry * STRIDE;
    const own = this.#words[w + E.BUFFER]!;
    if (this.#words[w + E.STATE] === STATE.OPEN && own >= 0) this.#assemblies[own]!.owner = -1;
    this.#words[w + E.BUFFER] = -1;
  }
}

const EMPTY = new Uint8Array(0);

/** Marks units [from, to). Gives how many were new: 0 when all were there, -1 when only some were. */
function mark(seen: Uint32Array, from: number, to: number): number {
  let known = 0;
  for (let unit = from; unit < to; unit++) known += (seen[unit >> 5]! >>> (unit & 31)) & 1;
  if (known === to - from) return 0;
  if (known > 0) return -1;
  for (let unit = from; unit < to; unit++) seen[unit >> 5]! |= 1 << (unit & 31);
  return to - from;
}
