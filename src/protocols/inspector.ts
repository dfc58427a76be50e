/**
 * Drives detection: hands each flow's payload to those who may recognise it, keeps what they need between packets, and
 * gives the last word. Bounded in flows, in bytes and in packets of a flow.
 */
import { count, counter } from '../decode/counters.ts';
import { IPPROTO, type Packet } from '../decode/packet.ts';
import { BIT, CONFIDENCE_OF, EVIDENCE, ID, ID_STRIDE, KEY, KEY_STRIDE, NUM, NUM_STRIDE } from '../flows/layout.ts';
import type { FlowTable } from '../flows/table.ts';
import type { Limits } from '../limits.ts';
import { applicationOfCertificate, applicationOfHost } from './applications.ts';
import { categoryOf } from './catalogue.ts';
import { Expectations } from './expectations.ts';
import { endRisks, settledRisks } from './flow-risks.ts';
import type { FlowInfo } from './info.ts';
import { applicationOfAddress } from './networks.ts';
import { EXAMINED, EXAMINED_BYTES, fullyEncrypted, type PayloadRisk, payloadRisks } from './payload-risks.ts';
import { guessByPort } from './ports.ts';
import { DONE, NO, type Protocol, YES } from './protocol.ts';
import type { Candidate, Dispatch, Registry } from './registry.ts';
import { RISK } from './risks.ts';
import { BufferPool, StreamPrefix } from './stream.ts';
import { HEAD, MAX_RISKS, View } from './view.ts';

const CROWDED = counter('detect.inspections.cut_short');
const BUG = counter('detect.bug.threw');

/** Payload packets after which an unrecognised flow is settled; nDPI looks at 32. */
const MAX_PACKETS = 32;
/** Payload packets a parser may have after recognition. */
const MAX_PARSE_PACKETS = 40;

const TLS = 91;

/** Names are compared without regard to case, and what is no text does not leave this room. */
function tidyHost(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^\x20-\x7e]/g, '?')
    .slice(0, 255);
}

/** What the beginning of a stream shows; how it was cut into segments makes no difference. */
function streamRisks(stream: StreamPrefix): PayloadRisk[] | undefined {
  return stream.buf ? payloadRisks(stream.buf, 0, Math.min(stream.length, EXAMINED_BYTES)) : undefined;
}

/** What is kept of one flow while it is inspected. */
class Inspection {
  flow = -1;
  packets = 0;
  readonly packetsOfSide = [0, 0];
  refused: Uint32Array;
  protocol: Protocol | undefined;
  master = 0;
  app = 0;
  confidence = 0;
  parsed = 0;
  state: unknown = undefined;
  suspicion: PayloadRisk[] | undefined;
  readonly streams = [new StreamPrefix(), new StreamPrefix()];
  /** UDP: the beginning of each side's last datagram, how much of it is kept, and its length on the wire. */
  readonly heads = new Uint8Array(2 * HEAD);
  readonly headLengths = [0, 0];
  readonly wireLengths = [0, 0];

  constructor(words: number) {
    this.refused = new Uint32Array(words);
  }
}

/**
 * Tells what each detector said of a packet; for `spanwatch explain`. parse and done are a parser's answers, expected and
 * port say where a verdict without recognition came from. The view is what the detector saw; undefined once settled.
 */
export type Trace = (
  flow: number,
  protocol: string,
  said: 'no' | 'more' | 'yes' | 'parse' | 'done' | 'expected' | 'port' | 'address' | 'settled',
  view: View | undefined,
) => void;

export class Inspector {
  /** By flow number. */
  readonly infos: (FlowInfo | undefined)[];
  readonly risks: ({ id: number; value: string }[] | undefined)[];
  readonly expectations = new Expectations();
  trace: Trace | undefined;
  /** Called once per flow when its protocol is settled, also as unknown. */
  onSettled: (f: number) => void = () => {};
  readonly #table: FlowTable;
  readonly #registry: Registry;
  readonly #limits: Limits;
  readonly #pool: BufferPool;
  readonly #view: View;
  readonly #of: (Inspection | undefined)[];
  readonly #active: Inspection[] = [];
  readonly #idle: Inspection[] = [];
  readonly #words: number;
  #hand = 0;

  constructor(table: FlowTable, registry: Registry, limits: Limits) {
    this.#table = table;
    // Of their full length at once: an array that grows under compiled code has it thrown away and compiled anew.
    this.infos = new Array<FlowInfo | undefined>(table.limit).fill(undefined);
    this.risks = new Array<undefined>(table.limit).fill(undefined);
    this.#of = new Array<Inspection | undefined>(table.limit).fill(undefined);
    this.#registry = registry;
    this.#limits = limits;
    this.#pool = new BufferPool(limits.streamTotalBytes);
    this.#view = new View(this.expectations);
    this.#words = Math.ceil(Math.max(registry.tcp.candidates.length, registry.udp.candidates.length, 1) / 32);
  }

  /** Bytes lent to stream prefixes, and flows under inspection. */
  get load(): { streamBytes: number; inspections: number } {
    return {
      streamBytes: this.#pool.lentBytes,
      inspections: this.#active.length - this.#idle.length,
    };
  }

  /** One packet of flow f that is not settled. */
  payload(f: number, fromB: boolean, p: Packet): void {
    if (p.proto !== IPPROTO.TCP && p.proto !== IPPROTO.UDP) {
      const protocol = this.#registry.byIpProtocol(p.proto);
      if (protocol) this.#verdict(f, protocol.id, protocol.id, CONFIDENCE_OF.content);
      // IANA, "ICMP Type Numbers": 44 to 252 are nobody's.
      if (p.proto === IPPROTO.ICMP && p.icmpType >= 44 && p.icmpType <= 252)
        this.#note(f, RISK.MALFORMED, `icmp type ${p.icmpType}`);
      this.#finish(f, undefined);
      return;
    }
    const inspection = this.#of[f] ?? this.#begin(f);
    inspection.packets++;
    const side = fromB ? 1 : 0;
    inspection.packetsOfSide[side]!++;
    const view = this.#view;
    view.c.set(p.buf, p.payloadAt, p.payloadAt + p.payloadLen);
    let direct = true;
    let offset = 0;
    if (p.proto === IPPROTO.TCP) {
      const stream = inspection.streams[side]!;
      const bits = this.#table.keys[f * KEY_STRIDE + KEY.BITS]!;
      offset = stream.offset(p.seq, (bits & (BIT.SYN | BIT.SYN_ACK)) !== 0);
      direct = offset === 0 && stream.empty;
      if (!direct) {
        const grew = stream.write(offset, p.buf, p.payloadAt, p.payloadLen, this.#pool, this.#limits.streamBytes);
        if (!grew) {
          this.#bound(f, inspection, stream.full);
          return;
        }
        view.c.set(stream.buf!, 0, stream.length);
      }
      const other = inspection.streams[1 - side]!;
      view.other.set(other.buf ?? p.buf, 0, other.buf ? other.length : 0);
      view.midStream = stream.midStream;
      view.previous.set(p.buf, 0, 0);
    } else this.#datagrams(inspection, side);
    this.#load(f, fromB, p, inspection);
    const finished = inspection.protocol ? this.#parse(inspection) : this.#look(f, fromB, inspection);
    this.infos[f] = view.takeInfo();
    this.risks[f] = view.takeRisks();
    if (inspection.protocol) this.#verdict(f, inspection.master, inspection.app, inspection.confidence);
    if (finished) {
      this.#finish(f, inspection);
      return;
    }
    this.#examine(inspection, p);
    if (p.proto === IPPROTO.UDP) {
      const kept = Math.min(p.payloadLen, HEAD);
      for (let i = 0; i < kept; i++) inspection.heads[side * HEAD + i] = p.buf[p.payloadAt + i]!;
      inspection.headLengths[side] = kept;
      inspection.wireLengths[side] = p.payloadWire;
    } else if (direct) {
      inspection.streams[side]!.write(offset, p.buf, p.payloadAt, p.payloadLen, this.#pool, this.#limits.streamBytes);
    }
    this.#bound(f, inspection, false);
  }

  /** Nobody knows this datagram yet: what it shows by itself, said if it stays so. */
  #examine(inspection: Inspection, p: Packet): void {
    if (inspection.protocol || inspection.packets > EXAMINED || inspection.suspicion || p.proto === IPPROTO.TCP) return;
    inspection.suspicion = payloadRisks(p.buf, p.payloadAt, p.payloadLen);
  }

  /** Nothing more is to be expected: the last word on flow f, by what is known. */
  settle(f: number): void {
    this.#finish(f, this.#of[f]);
  }

  /** Flow f is about to end: what only its end shows. */
  conclude(f: number): void {
    endRisks(this.#table, f, (risk, value) => this.#note(f, risk, value));
  }

  #note(f: number, id: number, value: string): void {
    const risks = (this.risks[f] ??= []);
    if (risks.length < MAX_RISKS && !risks.some((r) => r.id === id)) risks.push({ id, value: value.slice(0, 128) });
  }

  /** The flow leaves the table. */
  forget(f: number): void {
    const inspection = this.#of[f];
    if (inspection) this.#release(inspection);
    this.infos[f] = undefined;
    this.risks[f] = undefined;
  }

  #begin(f: number): Inspection {
    let inspection = this.#idle.pop();
    if (!inspection) {
      if (this.#active.length < this.#limits.inspections) {
        inspection = new Inspection(this.#words);
        this.#active.push(inspection);
      } else {
        // All in use: the one that the hand points at has had its time.
        this.#hand = (this.#hand + 1) % this.#active.length;
        const oldest = this.#active[this.#hand]!;
        count(CROWDED);
        this.#finish(oldest.flow, oldest);
        inspection = this.#idle.pop()!;
      }
    }
    inspection.flow = f;
    this.#of[f] = inspection;
    return inspection;
  }

  /** UDP: shows what was kept of the last datagram of each side. */
  #datagrams(inspection: Inspection, side: number): void {
    const view = this.#view;
    const other = 1 - side;
    view.previous.set(inspection.heads, side * HEAD, side * HEAD + inspection.headLengths[side]!);
    view.previousLen = inspection.wireLengths[side]!;
    view.other.set(inspection.heads, other * HEAD, other * HEAD + inspection.headLengths[other]!);
    view.otherLen = inspection.wireLengths[other]!;
  }

  #load(f: number, fromB: boolean, p: Packet, inspection: Inspection): void {
    const view = this.#view;
    view.load(this.infos[f], this.risks[f], inspection.state);
    const clientB = (this.#table.keys[f * KEY_STRIDE + KEY.BITS]! & BIT.CLIENT_B) !== 0;
    view.fromClient = fromB === clientB;
    view.tcp = p.proto === IPPROTO.TCP;
    view.packet = inspection.packets;
    view.packetOfSide = inspection.packetsOfSide[fromB ? 1 : 0]!;
    view.ipVersion = p.ipVersion;
    view.wireLen = p.payloadWire;
    view.timeMs = p.timeUs / 1000;
    const source = view.fromClient ? view.client : view.server;
    const target = view.fromClient ? view.server : view.client;
    source[0] = p.s0;
    source[1] = p.s1;
    source[2] = p.s2;
    source[3] = p.s3;
    target[0] = p.d0;
    target[1] = p.d1;
    target[2] = p.d2;
    target[3] = p.d3;
    view.clientPort = view.fromClient ? p.sport : p.dport;
    view.serverPort = view.fromClient ? p.dport : p.sport;
    const s = view.server;
    view.group = p.ipVersion === 4 ? s[3]! >>> 28 === 14 || s[3] === -1 : s[0]! >>> 24 === 255;
    view.master = inspection.master;
    view.app = inspection.app;
  }

  /** Asks everyone who may know. True when the flow is through. */
  #look(f: number, fromB: boolean, inspection: Inspection): boolean {
    const view = this.#view;
    const dispatch: Dispatch = view.tcp ? this.#registry.tcp : this.#registry.udp;
    const byte = view.c.peek8(0);
    if (byte < 0) return false;
    const found =
      this.#ask(inspection, dispatch.forPort(view.serverPort)) ??
      (view.clientPort === view.serverPort ? undefined : this.#ask(inspection, dispatch.forPort(view.clientPort))) ??
      this.#ask(inspection, dispatch.forByte(view.fromClient, byte));
    if (!found) return false;
    inspection.protocol = found.protocol;
    inspection.master = view.master || found.protocol.id;
    inspection.app = view.app || inspection.master;
    inspection.confidence = view.byBehaviour ? CONFIDENCE_OF.behaviour : CONFIDENCE_OF.content;
    inspection.state = view.state;
    // Only a speaker that was taken for the client and says it is the server turns the flow round.
    if (view.speakerIsServer && view.fromClient) this.#turnRound(f, fromB);
    view.master = inspection.master;
    view.app = inspection.app;
    return this.#parse(inspection);
  }

  #ask(inspection: Inspection, candidates: readonly Candidate[] | undefined): Candidate | undefined {
    if (!candidates) return undefined;
    const view = this.#view;
    for (const candidate of candidates) {
      const word = candidate.index >> 5;
      const bit = 1 << (candidate.index & 31);
      if (inspection.refused[word]! & bit) continue;
      view.c.reset();
      view.other.reset();
      view.previous.reset();
      view.byBehaviour = false;
      let verdict: number = NO;
      try {
        verdict = candidate.detector.look(view);
      } catch {
        count(BUG);
      }
      this.trace?.(
        inspection.flow,
        candidate.protocol.name,
        verdict === YES ? 'yes' : verdict === NO ? 'no' : 'more',
        view,
      );
      if (verdict === YES) return candidate;
      if (verdict === NO) inspection.refused[word]! |= bit;
    }
    return undefined;
  }

  /** True when the parser has all it wants, or there is none. */
  #parse(inspection: Inspection): boolean {
    const protocol = inspection.protocol!;
    if (!protocol.parse) return true;
    const view = this.#view;
    view.c.reset();
    view.other.reset();
    let done: number = DONE;
    try {
      done = protocol.parse(view);
    } catch {
      count(BUG);
    }
    inspection.master = view.master || inspection.master;
    inspection.app = view.app || inspection.app;
    inspection.state = view.state;
    this.trace?.(inspection.flow, protocol.name, done === DONE ? 'done' : 'parse', view);
    return done === DONE || ++inspection.parsed >= MAX_PARSE_PACKETS;
  }

  /** Ends the inspection when its allowance is used up. */
  #bound(f: number, inspection: Inspection, streamFull: boolean): void {
    const most = inspection.protocol ? MAX_PACKETS + MAX_PARSE_PACKETS : MAX_PACKETS;
    if (inspection.packets >= most || (streamFull && !inspection.protocol)) this.#finish(f, inspection);
  }

  #turnRound(f: number, fromB: boolean): void {
    const at = f * KEY_STRIDE + KEY.BITS;
    let bits = this.#table.keys[at]! & ~(BIT.CLIENT_B | BIT.EVIDENCE_MASK);
    if (!fromB) bits |= BIT.CLIENT_B;
    this.#table.keys[at] = bits | (EVIDENCE.indexOf('protocol') << BIT.EVIDENCE_SHIFT);
    const view = this.#view;
    view.fromClient = false;
    [view.clientPort, view.serverPort] = [view.serverPort, view.clientPort];
    for (let i = 0; i < 4; i++) [view.client[i], view.server[i]] = [view.server[i]!, view.client[i]!];
  }

  #verdict(f: number, master: number, app: number, confidence: number): void {
    const id = f * ID_STRIDE;
    this.#table.ids[id + ID.MASTER] = master;
    this.#table.ids[id + ID.APP] = app;
    this.#table.ids[id + ID.CONFIDENCE] = confidence;
  }

  #finish(f: number, inspection: Inspection | undefined): void {
    const id = f * ID_STRIDE;
    const ids = this.#table.ids;
    if (!ids[id + ID.MASTER]) this.#guess(f, inspection);
    const info = this.infos[f];
    if (info?.hostname) info.hostname = tidyHost(info.hostname);
    if (
      info &&
      ids[id + ID.APP] === ids[id + ID.MASTER] &&
      this.#registry.byId(ids[id + ID.MASTER]!)?.hostApplication
    ) {
      const app = info.hostname ? applicationOfHost(info.hostname) : 0;
      ids[id + ID.APP] = app || applicationOfCertificate(info.tls) || ids[id + ID.APP]!;
    }
    if (ids[id + ID.APP] === ids[id + ID.MASTER] && this.#registry.byId(ids[id + ID.MASTER]!)?.endpointApplication) {
      this.#applicationOfEndpoint(f);
    }
    if (inspection && ids[id + ID.CONFIDENCE]! < CONFIDENCE_OF.behaviour) {
      const suspicion =
        inspection.suspicion ?? streamRisks(inspection.streams[0]!) ?? streamRisks(inspection.streams[1]!);
      for (const { id, value } of suspicion ?? []) this.#note(f, id, value);
      if (ids[id + ID.CONFIDENCE]! <= CONFIDENCE_OF.port) this.#encrypted(f, inspection);
    }
    settledRisks(this.#table, f, (risk, value) => this.#note(f, risk, value));
    ids[id + ID.CATEGORY] = categoryOf(ids[id + ID.APP]! || ids[id + ID.MASTER]!);
    this.#table.keys[f * KEY_STRIDE + KEY.BITS]! |= BIT.DETECTED;
    if (inspection) this.#release(inspection);
    this.trace?.(f, '', 'settled', undefined);
    this.onSettled(f);
  }

  /** A connection whose client began with random bytes. */
  #encrypted(f: number, inspection: Inspection): void {
    const client = inspection.streams[this.#table.keys[f * KEY_STRIDE + KEY.BITS]! & BIT.CLIENT_B ? 1 : 0]!;
    if (!client.buf || client.midStream) return;
    if (fullyEncrypted(client.buf, 0, Math.min(client.length, EXAMINED_BYTES)))
      this.#note(f, RISK.FULLY_ENCRYPTED, 'the first message looks random from its first byte on');
  }

  /** Another flow of this endpoint told its application: this one has it as well, and passes it on. */
  #applicationOfEndpoint(f: number): void {
    const k = this.#table.keys;
    const key = f * KEY_STRIDE;
    const proto = k[key + KEY.META]! & 0xff;
    const ports = k[key + KEY.PORTS]!;
    const nowMs = this.#table.nums[f * NUM_STRIDE + NUM.LAST]! / 1000;
    const known =
      this.expectations.find(k, ports >>> 16, proto, nowMs, key + KEY.A) ??
      this.expectations.find(k, ports & 0xffff, proto, nowMs, key + KEY.B);
    const master = this.#table.ids[f * ID_STRIDE + ID.MASTER]!;
    if (known?.master !== master || known.app === master) return;
    this.#table.ids[f * ID_STRIDE + ID.APP] = known.app;
    const clientB = (k[key + KEY.BITS]! & BIT.CLIENT_B) !== 0;
    const at = key + (clientB ? KEY.B : KEY.A);
    const port = clientB ? ports & 0xffff : ports >>> 16;
    this.expectations.add(k.subarray(at, at + 4), port, proto, master, known.app, nowMs);
  }

  /**
   * Nothing was recognised: what was expected here, else the guess by port, unless a conversation that was seen from its
   * first byte has disproved it, else by the networks whose owners publish them; each said as such.
   */
  #guess(f: number, inspection: Inspection | undefined): void {
    const k = this.#table.keys;
    const key = f * KEY_STRIDE;
    const proto = k[key + KEY.META]! & 0xff;
    if (proto !== IPPROTO.TCP && proto !== IPPROTO.UDP) return;
    const ports = k[key + KEY.PORTS]!;
    const aPort = ports >>> 16;
    const bPort = ports & 0xffff;
    const nowMs = this.#table.nums[f * NUM_STRIDE + NUM.LAST]! / 1000;
    const expected =
      this.expectations.find(k, bPort, proto, nowMs, key + KEY.B) ??
      this.expectations.find(k, aPort, proto, nowMs, key + KEY.A);
    if (expected) {
      this.#verdict(f, expected.master, expected.app, CONFIDENCE_OF.behaviour);
      this.trace?.(f, '', 'expected', undefined);
      return;
    }
    const byPort = guessByPort(proto === IPPROTO.TCP, aPort, bPort);
    if (byPort && !this.#refused(inspection, proto, byPort)) {
      this.#verdict(f, byPort, byPort, CONFIDENCE_OF.port);
      this.trace?.(f, '', 'port', undefined);
      return;
    }
    const byAddress = applicationOfAddress(k, key + KEY.A) || applicationOfAddress(k, key + KEY.B);
    if (byAddress) {
      this.#verdict(f, byAddress, byAddress, CONFIDENCE_OF.address);
      this.trace?.(f, '', 'address', undefined);
    } else if (byPort) {
      this.#verdict(f, byPort, byPort, CONFIDENCE_OF.port);
      this.trace?.(f, '', 'port', undefined);
    }
  }

  /** TLS begins with its first byte or not at all; other protocols may refuse what a server of theirs still says. */
  #refused(inspection: Inspection | undefined, proto: number, id: number): boolean {
    if (inspection === undefined || proto !== IPPROTO.TCP || id !== TLS) return false;
    const index = this.#registry.tcp.forId(id)?.index ?? -1;
    if (index < 0 || (inspection.refused[index >> 5]! & (1 << (index & 31))) === 0) return false;
    return inspection.streams.every((stream) => !stream.midStream);
  }

  #release(inspection: Inspection): void {
    this.#of[inspection.flow] = undefined;
    inspection.flow = -1;
    inspection.packets = 0;
    inspection.packetsOfSide[0] = inspection.packetsOfSide[1] = 0;
    for (let i = 0; i < inspection.refused.length; i++) inspection.refused[i] = 0;
    inspection.protocol = undefined;
    inspection.master = inspection.app = inspection.confidence = inspection.parsed = 0;
    inspection.state = undefined;
    inspection.suspicion = undefined;
    inspection.headLengths[0] = inspection.headLengths[1] = 0;
    inspection.wireLengths[0] = inspection.wireLengths[1] = 0;
    for (const stream of inspection.streams) stream.release(this.#pool);
    this.#idle.push(inspection);
  }
}
