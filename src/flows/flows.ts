/**
 * The flow room: books every packet, keeps the table within its bound, and says when a flow wants attention. It knows
 * nothing of protocols; who inspects payload is told by FlowEvents.
 */
import { count, counter } from '../decode/counters.ts';
import { IPPROTO, type Packet, TCP } from '../decode/packet.ts';
import { BIT, EVIDENCE, KEY, KEY_STRIDE, NUM, NUM_STRIDE, TRACK, TRACK_STRIDE } from './layout.ts';
import { Newcomers } from './newcomers.ts';
import type { FlowEnd } from './record.ts';
import { FlowTable } from './table.ts';
import { reusesPorts, trackTcp } from './tcp.ts';
import { Wheel } from './wheel.ts';

const EVICTED = counter('flows.table.evicted');
const BACKWARDS = counter('flows.clock.backwards');
const FRAGMENT = counter('flows.fragment.without_ports');

export interface FlowEvents {
  /** A flow was made by this packet. */
  created(f: number, p: Packet): void;
  /** A TCP segment with SYN. */
  syn(f: number, fromB: boolean, p: Packet): void;
  /** Payload of a flow whose protocol is not settled yet. */
  payload(f: number, fromB: boolean, p: Packet): void;
  /** The flow fell silent or ends while its protocol is not settled: settle it. */
  settle(f: number): void;
  /** The flow lives and a minute has passed. */
  periodic(f: number): void;
  /** The flow is about to be taken out; its state is still there during the call. */
  ended(f: number, why: FlowEnd): void;
}

/** Seconds of silence after which a flow ends, and the rhythm of its attention. */
export interface FlowTimeouts {
  tcpEstablished: number;
  tcpHalfOpen: number;
  tcpClosed: number;
  udp: number;
  other: number;
  /** Silence after which an unsettled flow is settled with what is known. */
  settle: number;
  periodic: number;
}

export const TIMEOUTS: FlowTimeouts = {
  tcpEstablished: 300,
  tcpHalfOpen: 30,
  tcpClosed: 5,
  udp: 60,
  other: 60,
  // Resolvers ask again after 5 and 10 seconds and devices announce themselves in such steps: that still belongs together.
  settle: 20,
  periodic: 60,
};

/** Packets in a row that must be older than the clock before the clock is set back: a merged file is not a stepped clock. */
const STEP_BACK_AFTER = 1024;
const STEP_BACK_US = 10_000_000;

export class Flows {
  readonly table: FlowTable;
  readonly wheel: Wheel;
  readonly timeouts: FlowTimeouts;
  /** Packet time of the newest packet, µs. */
  nowUs = 0;
  ended = 0;
  evicted = 0;
  readonly #events: FlowEvents;
  readonly #due: (f: number) => void;
  readonly #newcomers: Newcomers;
  readonly #unanswered: (f: number, id: number) => boolean;
  #hand = 0;
  #behind = 0;

  constructor(limit: number, events: FlowEvents, timeouts: FlowTimeouts = TIMEOUTS) {
    this.table = new FlowTable(limit);
    this.wheel = new Wheel(this.table);
    this.timeouts = timeouts;
    this.#events = events;
    this.#due = (f) => this.#attend(f);
    this.#newcomers = new Newcomers(limit);
    this.#unanswered = (f, id) => {
      const { keys, nums } = this.table;
      const bits = keys[f * KEY_STRIDE + KEY.BITS]!;
      if ((bits & (BIT.USED | BIT.ESTABLISHED)) !== BIT.USED) return false;
      return (nums[f * NUM_STRIDE + NUM.ID]! | 0) === id && this.oneSided(f);
    };
  }

  /** Books one decoded packet and hands its payload on where detection still wants it; gives its flow's number, or -1. */
  packet(p: Packet): number {
    if (p.timeUs > this.nowUs) this.#forward(p.timeUs);
    else if (this.nowUs - p.timeUs > STEP_BACK_US) this.#backward(p.timeUs);
    else this.#behind = 0;
    if (p.laterFragment) {
      count(FRAGMENT);
      return -1;
    }
    const t = this.table;
    let f = t.find(p);
    if (f >= 0 && (p.tcpFlags & (TCP.SYN | TCP.ACK)) === TCP.SYN && reusesPorts(t, f, p)) {
      this.#end(f, this.#closedBy(f));
      f = -1;
    }
    const fromB = f >= 0 && t.fromB;
    if (f < 0) f = this.#create(p);
    const n = f * NUM_STRIDE;
    const side = fromB ? 1 : 0;
    t.nums[n + NUM.LAST] = p.timeUs;
    t.nums[n + NUM.BYTES + side]! += p.wireLen;
    t.nums[n + NUM.PACKETS + side]!++;
    t.nums[n + NUM.PAYLOAD + side]! += p.payloadWire;
    if (p.partial) return f;
    if (p.tcpFlags & TCP.SYN) this.#events.syn(f, fromB, p);
    const wasClosed = p.proto === IPPROTO.TCP && trackTcp(t, f, fromB, p);
    if (p.proto === IPPROTO.ICMP || p.proto === IPPROTO.ICMPV6) {
      t.track[f * TRACK_STRIDE + TRACK.ICMP] = (p.icmpType << 8) | p.icmpCode;
    }
    if ((t.keys[f * KEY_STRIDE + KEY.BITS]! & BIT.DETECTED) === 0 && (p.payloadLen > 0 || !portful(p.proto))) {
      this.#events.payload(f, fromB, p);
    }
    if (wasClosed) this.wheel.put(f, p.timeUs / 1e6 + this.timeouts.tcpClosed);
    return f;
  }

  /** Three quarters of the table are taken. */
  get crowded(): boolean {
    return this.table.size > this.table.limit * 0.75;
  }

  /** Only one side of the flow was ever heard. */
  oneSided(f: number): boolean {
    const n = f * NUM_STRIDE + NUM.PACKETS;
    return this.table.nums[n]! === 0 || this.table.nums[n + 1]! === 0;
  }

  /** Moves the packet clock without a packet (an idle link), µs. */
  tick(nowUs: number): void {
    if (nowUs > this.nowUs) this.#forward(nowUs);
  }

  /** Ends every flow, oldest number first; for the end of a file and for shutdown. */
  endAll(why: FlowEnd): void {
    for (let f = 0; f < this.table.high; f++) if (this.table.used(f)) this.#end(f, why);
  }

  #forward(timeUs: number): void {
    this.nowUs = timeUs;
    this.#behind = 0;
    const second = Math.floor(timeUs / 1e6);
    if (second > this.wheel.second) this.wheel.advance(second, this.#due);
  }

  /** A clock that was set back must not leave flows waiting for the old time to come again. */
  #backward(timeUs: number): void {
    if (++this.#behind < STEP_BACK_AFTER) return;
    this.#behind = 0;
    count(BACKWARDS);
    this.nowUs = timeUs;
    this.wheel.second = Math.floor(timeUs / 1e6);
    for (let f = 0; f < this.table.high; f++) {
      if (!this.table.used(f)) continue;
      const n = f * NUM_STRIDE + NUM.LAST;
      this.table.nums[n] = Math.min(this.table.nums[n]!, timeUs);
      this.wheel.put(f, timeUs / 1e6 + 1);
    }
  }

  #create(p: Packet): number {
    let f = this.table.insert(p);
    if (f < 0) {
      this.#evict();
      f = this.table.insert(p);
    }
    const evidence = clientIsSender(p);
    this.table.keys[f * KEY_STRIDE + KEY.BITS]! |= evidence;
    // A burst of new flows must not report in one burst a minute later: that held the capture loop for half a second.
    const spread = ((f & 1023) / 1024) * (this.timeouts.periodic / 6);
    this.table.nums[f * NUM_STRIDE + NUM.PERIODIC_AT] = p.timeUs + (this.timeouts.periodic + spread) * 1e6;
    this.wheel.put(f, p.timeUs / 1e6 + this.timeouts.settle);
    this.#newcomers.add(f, this.table.nums[f * NUM_STRIDE + NUM.ID]!);
    this.#events.created(f, p);
    return f;
  }

  /** Full: the flow that will be missed least goes, the oldest that nobody answered, or else the most silent of the next 64. */
  #evict(): void {
    let worst = this.#newcomers.take(this.#unanswered);
    if (worst < 0) worst = this.#mostSilent();
    count(EVICTED);
    this.evicted++;
    this.#end(worst, 'evicted');
  }

  #mostSilent(): number {
    const t = this.table;
    let worst = -1;
    let longest = -1;
    for (let i = 0; i < 64; i++) {
      this.#hand = (this.#hand + 1) % t.limit;
      const f = this.#hand;
      if (!t.used(f)) continue;
      const idle = this.nowUs - t.nums[f * NUM_STRIDE + NUM.LAST]!;
      if (idle > longest) {
        longest = idle;
        worst = f;
      }
    }
    return worst < 0 ? this.#hand : worst;
  }

  /** The wheel came round to flow f: settle, report, end, or wait on. */
  #attend(f: number): void {
    const t = this.table;
    const n = f * NUM_STRIDE;
    const bits = t.keys[f * KEY_STRIDE + KEY.BITS]!;
    const idle = (this.nowUs - t.nums[n + NUM.LAST]!) / 1e6;
    const timeout = this.#timeoutOf(f, bits);
    if (idle >= timeout) {
      this.#end(f, this.#closedBy(f));
      return;
    }
    // A flow that has not said anything yet (a slow handshake) may still say it; its end settles it otherwise.
    const silent = t.nums[n + NUM.PAYLOAD]! + t.nums[n + NUM.PAYLOAD + 1]! === 0;
    if (!silent && !(bits & BIT.DETECTED) && idle >= this.timeouts.settle) this.#events.settle(f);
    if (this.nowUs >= t.nums[n + NUM.PERIODIC_AT]!) {
      t.nums[n + NUM.PERIODIC_AT] = this.nowUs + this.timeouts.periodic * 1e6;
      this.#events.periodic(f);
    }
    const settled = silent || t.keys[f * KEY_STRIDE + KEY.BITS]! & BIT.DETECTED;
    const quiet = settled ? timeout : Math.min(timeout, this.timeouts.settle);
    const due = Math.min(t.nums[n + NUM.LAST]! / 1e6 + quiet, t.nums[n + NUM.PERIODIC_AT]! / 1e6);
    this.wheel.put(f, due);
  }

  #timeoutOf(f: number, bits: number): number {
    const proto = this.table.keys[f * KEY_STRIDE + KEY.META]! & 0xff;
    if (proto === IPPROTO.UDP) return this.timeouts.udp;
    if (proto !== IPPROTO.TCP) return this.timeouts.other;
    if (bits & BIT.RST || (bits & BIT.FIN_A && bits & BIT.FIN_B)) return this.timeouts.tcpClosed;
    // A connection seen from its middle has no handshake but data both ways.
    const nums = this.table.nums;
    const n = f * NUM_STRIDE + NUM.PACKETS;
    const talking = bits & BIT.ESTABLISHED || (nums[n]! > 0 && nums[n + 1]! > 0 && !(bits & BIT.SYN));
    return talking ? this.timeouts.tcpEstablished : this.timeouts.tcpHalfOpen;
  }

  #closedBy(f: number): FlowEnd {
    const bits = this.table.keys[f * KEY_STRIDE + KEY.BITS]!;
    return bits & BIT.RST ? 'rst' : bits & BIT.FIN_A && bits & BIT.FIN_B ? 'fin' : 'idle';
  }

  #end(f: number, why: FlowEnd): void {
    if (!(this.table.keys[f * KEY_STRIDE + KEY.BITS]! & BIT.DETECTED)) this.#events.settle(f);
    this.#events.ended(f, why);
    this.wheel.take(f);
    this.table.remove(f);
    this.ended++;
  }
}

function portful(proto: number): boolean {
  return proto === IPPROTO.TCP || proto === IPPROTO.UDP;
}

/** Who started: SYN and SYN-ACK say it; else a service port on the sender's side only; else the first to be seen. */
function clientIsSender(p: Packet): number {
  if (p.proto === IPPROTO.TCP && p.tcpFlags & TCP.SYN) {
    const syn = EVIDENCE.indexOf('syn') << BIT.EVIDENCE_SHIFT;
    return p.tcpFlags & TCP.ACK ? syn | BIT.CLIENT_B : syn;
  }
  if (portful(p.proto) && p.sport !== p.dport && servicePort(p.sport) !== servicePort(p.dport)) {
    const port = EVIDENCE.indexOf('port') << BIT.EVIDENCE_SHIFT;
    return servicePort(p.sport) ? port | BIT.CLIENT_B : port;
  }
  return 0;
}

/** Well-known (IANA's system range) or a registered port that clients hardly ever draw. */
function servicePort(port: number): boolean {
  return (
    port < 1024 ||
    port === 1900 ||
    port === 3306 ||
    port === 3389 ||
    port === 5060 ||
    port === 5353 ||
    port === 5432 ||
    port === 8080 ||
    port === 8443
  );
}
