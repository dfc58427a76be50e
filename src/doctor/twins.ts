/**
 * Packets that come twice: a table of what was seen of late, by what no switch or router changes on the way (addresses,
 * identification, transport header and the first payload), so that a routed copy is known again.
 */
import { IPPROTO, type Packet } from '../decode/packet.ts';

/** Entries; a copy follows within milliseconds, in which a gigabit brings a few thousand packets. */
const ENTRIES = 4096;
/** A copy that comes later than this is something else: a retransmission has another identification anyway. */
const WITHIN_US = 50_000;
/** Bytes of transport header and payload that are compared. */
const COMPARED = 64;

export const TWIN = { NONE: 0, SAME: 1, ROUTED: 2, TAG: 3 } as const;

export class Twins {
  readonly #hashes = new Int32Array(ENTRIES);
  readonly #times = new Float64Array(ENTRIES);
  readonly #marks = new Int32Array(ENTRIES);

  /** Books a packet; says whether and how it was there a moment ago. A third copy counts as one of the second. */
  look(p: Packet): number {
    // Loops of multicast and storms of the same datagram are no matter of the mirror; nor are fragments.
    if (p.fragment || (p.proto !== IPPROTO.TCP && p.proto !== IPPROTO.UDP)) return TWIN.NONE;
    const hash = hashOf(p);
    const i = hash & (ENTRIES - 1);
    const mark = markOf(p);
    const known = this.#hashes[i] === hash && Math.abs(p.timeUs - this.#times[i]!) < WITHIN_US;
    if (!known) {
      this.#hashes[i] = hash;
      this.#times[i] = p.timeUs;
      this.#marks[i] = mark;
      return TWIN.NONE;
    }
    const before = this.#marks[i]!;
    // Each copy meets one original: 2n packets of n pairs count n.
    this.#times[i] = Number.NEGATIVE_INFINITY;
    if (before === mark) return TWIN.SAME;
    return (before ^ mark) & 0xfff ? TWIN.TAG : TWIN.ROUTED;
  }
}

/** What a way through switches and routers changes: VLAN in the low 12 bits, TTL, a hash of the MACs. */
function markOf(p: Packet): number {
  let macs = 0;
  if (p.macAt >= 0) for (let i = 0; i < 12; i++) macs = (macs * 31 + p.buf[p.macAt + i]!) & 0xfff;
  return (p.vlan & 0xfff) | ((p.ttl & 0xff) << 12) | (macs << 20);
}

function hashOf(p: Packet): number {
  let h = p.proto ^ p.payloadWire ^ p.seq;
  h = Math.imul(h ^ p.s3 ^ p.s0, 0x9e3779b1);
  h = Math.imul(h ^ p.d3 ^ (h >>> 15), 0x85ebca6b);
  h = Math.imul(h ^ (p.sport << 16) ^ p.dport ^ (h >>> 13), 0xc2b2ae35);
  h = Math.imul(h ^ p.ack ^ (p.tcpFlags << 24) ^ (p.window << 4), 0x27d4eb2f);
  h = Math.imul(h ^ p.ipId ^ (h >>> 15), 0x165667b1);
  const end = p.payloadAt + Math.min(p.payloadLen, COMPARED);
  for (let i = p.payloadAt; i < end; i++) h = Math.imul(h ^ p.buf[i]!, 0x01000193);
  return h ^ (h >>> 16);
}
