/**
 * Watches a mirror for the doctor. Live it looks at some thousand packets each second, at all of a file; the rest comes from
 * counters that others keep. Looking costs about a tenth of a microsecond, not looking one comparison.
 */
import type { Frame } from '../capture/source.ts';
import type { ErspanSeen } from '../decode/context.ts';
import { IPPROTO, type Packet, TCP } from '../decode/packet.ts';
import { BIT, KEY, KEY_STRIDE, NUM, NUM_STRIDE, TRACK, TRACK_STRIDE } from '../flows/layout.ts';
import type { FlowTable } from '../flows/table.ts';
import { FACT, Facts, HALF_US } from './facts.ts';
import { TWIN, Twins } from './twins.ts';

/** Live, packets looked at in a second. */
const LOOK = 2000;
/** Longest frame without FCS that standard Ethernet makes, with two tags, and that of jumbo frames. */
const STANDARD = 1514 + 8;
const JUMBO = 9014 + 8;
/** Packets of a TCP flow before its silence in one direction means something. */
const TALKING = 4;
/** Networks told apart that untagged ARP speaks of. */
const MAX_NETWORKS = 64;
/** NTP answers whose time is compared with ours. */
const CLOCKS = 16;
/** Seconds from 1900, where NTP begins, to 1970. */
const NTP_EPOCH = 2_208_988_800;

/** Counters since start. */
export interface MirrorTotals {
  packets: number;
  bytes: number;
  kernelDropped: number | null;
  interfaceDropped: number | null;
  truncated: number;
  erspan: ErspanSeen;
}

export class MirrorObserver {
  readonly facts: Facts;
  /** Packets that may still be looked at in this second. */
  left: number;
  firstUs = 0;
  lastUs = 0;
  /** Highest bits in one second. */
  peakBits = 0;
  /** /24 networks whose stations asked by ARP without a tag. */
  readonly networks = new Set<number>();
  readonly #live: boolean;
  readonly #twins = new Twins();
  readonly #offsets = new Float64Array(CLOCKS);
  #clocks = 0;
  #second = 0;
  #bytesOfSecond = 0;
  #seconds = 0;
  readonly #totals: number[] = [];

  constructor(live: boolean) {
    this.#live = live;
    this.facts = new Facts(live);
    this.left = live ? LOOK : Number.POSITIVE_INFINITY;
  }

  /** Looks at a packet; `booked` says whether it bears IP. Call only while `left` is above zero. */
  packet(frame: Frame, p: Packet, booked: boolean): void {
    this.left--;
    const { facts } = this;
    if (this.firstUs === 0) this.firstUs = frame.timeUs;
    if (frame.timeUs < this.lastUs) facts.add(FACT.BACKWARDS);
    else this.lastUs = frame.timeUs;
    if (!this.#live) this.#count(frame);
    facts.add(FACT.LOOKED);
    if (p.vlan > 0 || p.outerVlan > 0) facts.add(FACT.TAGGED);
    if (p.macAt >= 0) facts.add(p.buf[p.macAt]! & 1 ? FACT.GROUP : FACT.UNICAST);
    if (frame.wireLen > JUMBO) facts.add(FACT.HUGE);
    else if (frame.wireLen > STANDARD) facts.add(FACT.LONG);
    if (!booked) return;
    const { context } = p;
    if (p.tunnels === 0 && (context.isOwn(p.s0, p.s1, p.s2, p.s3) || context.isOwn(p.d0, p.d1, p.d2, p.d3)))
      facts.add(FACT.OWN);
    if (!p.partial && p.payloadWire > p.payloadLen && frame.capLen >= frame.wireLen) facts.add(FACT.CUT_BEFORE);
    const twin = this.#twins.look(p);
    if (twin !== TWIN.NONE)
      facts.add(twin === TWIN.SAME ? FACT.TWIN_SAME : twin === TWIN.TAG ? FACT.TWIN_TAG : FACT.TWIN_ROUTED);
    if (p.proto === IPPROTO.UDP && p.sport === 123) this.#ntp(p);
  }

  /** An ARP request or reply; its sender's network and whether the frame had a tag. */
  arp(senderIp: number, vlan: number): void {
    // Probes have no sender yet, and everybody may use 169.254.
    const known = senderIp !== 0 && senderIp >>> 16 !== 0xa9fe;
    if (vlan === 0 && known && this.networks.size < MAX_NETWORKS) this.networks.add(senderIp >>> 8);
  }

  /** Once a second live, at the end of a file: counters that others keep, as totals since start. */
  second(nowUs: number, totals: MirrorTotals): void {
    this.left = this.#live ? LOOK : this.left;
    const { facts } = this;
    if (facts.time(nowUs)) {
      this.networks.clear();
      this.peakBits = 0;
      this.firstUs = nowUs - HALF_US;
    }
    if (this.#live) {
      if (this.firstUs === 0) this.firstUs = nowUs;
      this.lastUs = Math.max(this.lastUs, nowUs);
      this.#grow(FACT.PACKETS, totals.packets);
      const bytes = this.#grow(FACT.BYTES, totals.bytes);
      if (this.#seconds++ > 0) this.peakBits = Math.max(this.peakBits, bytes * 8);
    }
    this.#grow(FACT.KERNEL_DROPPED, totals.kernelDropped ?? 0);
    this.#grow(FACT.INTERFACE_DROPPED, totals.interfaceDropped ?? 0);
    this.#grow(FACT.CUT_BY_CAPTURE, totals.truncated);
    const { types, lost, truncated } = totals.erspan;
    this.#grow(FACT.ERSPAN_1, types[1]!);
    this.#grow(FACT.ERSPAN_2, types[2]!);
    this.#grow(FACT.ERSPAN_3, types[3]!);
    this.#grow(FACT.ERSPAN_LOST, lost);
    this.#grow(FACT.ERSPAN_CUT, truncated);
  }

  /** Adds what a total grew by since the last time; gives it. */
  #grow(fact: number, total: number): number {
    const by = Math.max(0, total - (this.#totals[fact] ?? 0));
    this.#totals[fact] = total;
    this.facts.add(fact, by);
    return by;
  }

  /** Books how a TCP flow looked when it ended. */
  ended(t: FlowTable, f: number): void {
    this.#flow(t, f, (fact, by) => this.facts.add(fact, by));
  }

  /** Figures of flows, those that live among them. */
  flows(t: FlowTable): { bothWays: number; oneWay: number; segments: number; lost: number } {
    const { facts } = this;
    const sums = new Map<number, number>();
    const since = this.#live ? this.lastUs - 2 * HALF_US : 0;
    for (let f = 0; f < t.high; f++) {
      if (!t.used(f) || t.nums[f * NUM_STRIDE + NUM.FIRST]! < since) continue;
      this.#flow(t, f, (fact, by) => sums.set(fact, (sums.get(fact) ?? 0) + by));
    }
    const sum = (fact: number): number => facts.get(fact) + (sums.get(fact) ?? 0);
    return {
      bothWays: sum(FACT.BOTH_WAYS),
      oneWay: sum(FACT.ONE_WAY),
      segments: sum(FACT.SEGMENTS),
      lost: sum(FACT.LOST),
    };
  }

  /** Median of what clocks on the network say less what ours says, seconds; undefined without one. */
  clockOffset(): number | undefined {
    const known = [...this.#offsets.subarray(0, Math.min(this.#clocks, CLOCKS))].sort((a, b) => a - b);
    return known[known.length >> 1];
  }

  #flow(t: FlowTable, f: number, add: (fact: number, by: number) => void): void {
    if ((t.keys[f * KEY_STRIDE + KEY.META]! & 0xff) !== IPPROTO.TCP) return;
    const n = f * NUM_STRIDE + NUM.PACKETS;
    const a = t.nums[n]!;
    const b = t.nums[n + 1]!;
    if (a + b < TALKING) return;
    const track = f * TRACK_STRIDE;
    // Who only knocks (SYN again and again, a scan) is answered by nobody.
    const spoke = t.track[track + TRACK.FLAGS]! & (TCP.ACK | (TCP.ACK << 8));
    if (a > 0 && b > 0) add(FACT.BOTH_WAYS, 1);
    else if (spoke && !(t.keys[f * KEY_STRIDE + KEY.BITS]! & BIT.RST)) add(FACT.ONE_WAY, 1);
    add(FACT.SEGMENTS, a + b);
    add(FACT.LOST, t.track[track + TRACK.LOST]! + t.track[track + TRACK.LOST + 1]!);
  }

  #count(frame: Frame): void {
    this.facts.add(FACT.PACKETS);
    this.facts.add(FACT.BYTES, frame.wireLen);
    const second = Math.floor(frame.timeUs / 1e6);
    if (second !== this.#second) this.#bytesOfSecond = 0;
    this.#second = second;
    this.#bytesOfSecond += frame.wireLen;
    this.peakBits = Math.max(this.peakBits, this.#bytesOfSecond * 8);
  }

  /** RFC 5905 section 7.3: mode 4 is a server's answer, stratum 1 to 15, its transmit time at byte 40. */
  #ntp(p: Packet): void {
    if (p.payloadLen < 48) return;
    const at = p.payloadAt;
    const stratum = p.buf[at + 1]!;
    if ((p.buf[at]! & 7) !== 4 || stratum === 0 || stratum > 15) return;
    const word = (i: number): number =>
      p.buf[at + i]! * 2 ** 24 + (p.buf[at + i + 1]! << 16) + (p.buf[at + i + 2]! << 8) + p.buf[at + i + 3]!;
    const seconds = word(40) - NTP_EPOCH + word(44) / 2 ** 32;
    if (seconds > 0) this.#offsets[this.#clocks++ % CLOCKS] = seconds - p.timeUs / 1e6;
  }
}
