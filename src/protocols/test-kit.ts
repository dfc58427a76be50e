/**
 * For tests and fuzzing: a conversation through flow table and inspector as the engine has them, whole, cut, one-sided,
 * with a gap or mutated, and the demands that every protocol has to meet then.
 */
import { deepStrictEqual } from 'node:assert/strict';
import { counted, counter } from '../decode/counters.ts';
import { IPPROTO, Packet, TCP } from '../decode/packet.ts';
import { Flows } from '../flows/flows.ts';
import { ID, ID_STRIDE } from '../flows/layout.ts';
import type { Limits } from '../limits.ts';
import type { FlowInfo } from './info.ts';
import { Inspector } from './inspector.ts';
import { protocols } from './list.ts';
import { registryOf } from './registry.ts';
import type { Conversation } from './testing.ts';

const LIMITS: Limits = {
  ...({} as Limits),
  flows: 64,
  inspections: 16,
  streamBytes: 32_768,
  streamTotalBytes: 1 << 20,
};
/** What parsers may keep of one flow, as JSON; far above what any needs, far below what a stream could make them. */
const MAX_INFO = 24_576;
const GAP_MS = 5;

export interface Outcome {
  master: number;
  app: number;
  info: FlowInfo;
  /** Ids, sorted. */
  risks: number[];
}

/** Plays conversations; one bench for many of them. */
export class Bench {
  readonly #flows: Flows;
  readonly #inspector: Inspector;
  readonly #packet = new Packet();
  #outcome: Outcome | undefined;
  #nowUs = 1.7e15;

  constructor() {
    this.#flows = new Flows(LIMITS.flows, {
      created: () => {},
      syn: () => {},
      payload: (f, fromB, p) => this.#inspector.payload(f, fromB, p),
      settle: (f) => this.#inspector.settle(f),
      periodic: () => {},
      ended: (f) => {
        this.#inspector.conclude(f);
        const ids = this.#flows.table.ids;
        this.#outcome = {
          master: ids[f * ID_STRIDE + ID.MASTER]!,
          app: ids[f * ID_STRIDE + ID.APP]!,
          info: this.#inspector.infos[f] ?? {},
          risks: (this.#inspector.risks[f] ?? []).map((r) => r.id).sort((a, b) => a - b),
        };
        this.#inspector.forget(f);
      },
    });
    this.#inspector = new Inspector(this.#flows.table, registryOf(protocols), LIMITS);
  }

  /** What is known of the conversation's flow when it has ended. Throws where a demand on every protocol is not met. */
  play(conversation: Conversation, skip = -1): Outcome {
    const bugs = bugsCounted();
    const next = [1000, 5000];
    this.#outcome = undefined;
    if (conversation.tcp) {
      this.#feed(conversation, true, EMPTY, next[0]! - 1, TCP.SYN);
      this.#feed(conversation, false, EMPTY, next[1]! - 1, TCP.SYN | TCP.ACK);
    }
    for (const [i, { fromClient, bytes }] of conversation.packets.entries()) {
      const side = fromClient ? 0 : 1;
      if (i !== skip) this.#feed(conversation, fromClient, bytes, next[side]!, TCP.ACK);
      next[side]! += bytes.length;
    }
    this.#flows.endAll('shutdown');
    this.#inspector.expectations.clear();
    const outcome = this.#outcome as Outcome | undefined;
    if (bugsCounted() > bugs) throw new Error('a detector or parser threw');
    if (this.#inspector.load.streamBytes !== 0) throw new Error('stream bytes were not given back');
    if (!outcome) return { master: 0, app: 0, info: {}, risks: [] };
    const size = sizeOf(outcome.info);
    if (size > MAX_INFO) throw new Error(`${size} bytes of facts were kept of one flow`);
    return outcome;
  }

  #feed(conversation: Conversation, fromClient: boolean, bytes: Uint8Array, seq: number, flags: number): void {
    const p = this.#packet;
    p.reset();
    this.#nowUs += GAP_MS * 1000;
    p.buf = bytes;
    p.timeUs = this.#nowUs;
    p.ipVersion = 4;
    p.proto = conversation.tcp ? IPPROTO.TCP : IPPROTO.UDP;
    const server = word(conversation.server ?? '192.0.2.1');
    const client = word('192.0.2.99');
    p.s3 = fromClient ? client : server;
    p.d3 = fromClient ? server : client;
    p.sport = fromClient ? conversation.clientPort : conversation.serverPort;
    p.dport = fromClient ? conversation.serverPort : conversation.clientPort;
    p.tcpFlags = flags;
    p.seq = seq | 0;
    p.payloadLen = p.payloadWire = bytes.length;
    p.wireLen = p.capLen = bytes.length + 54;
    this.#flows.packet(p);
  }
}

const EMPTY = new Uint8Array(0);
/** Characters of text in it, however deep, and its keys; what it would be as JSON, near enough. */
function sizeOf(value: unknown): number {
  if (typeof value === 'string') return value.length + 2;
  if (typeof value !== 'object' || value === null) return 8;
  let size = 2;
  for (const [key, inner] of Object.entries(value)) size += key.length + 4 + sizeOf(inner);
  return size;
}

const BUG = counter('detect.bug.threw');
const bugsCounted = (): number => counted(BUG);

function word(address: string): number {
  const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number);
  return (a << 24) | (b << 16) | (c << 8) | d;
}

/** The conversation with packet `index` sent as two segments, the first of `at` bytes. */
export function splitAt(conversation: Conversation, index: number, at: number): Conversation {
  const packets = conversation.packets.flatMap((packet, i) =>
    i === index
      ? [
          { fromClient: packet.fromClient, bytes: packet.bytes.subarray(0, at) },
          { fromClient: packet.fromClient, bytes: packet.bytes.subarray(at) },
        ]
      : [packet],
  );
  return { ...conversation, packets };
}

export const oneSide = (conversation: Conversation, fromClient: boolean): Conversation => ({
  ...conversation,
  packets: conversation.packets.filter((packet) => packet.fromClient === fromClient),
});

/**
 * Plays a TCP conversation once per place where a segment can be cut and demands the same protocol, facts and risks each
 * time. `step` tests only every step-th place. The number of plays.
 */
export function demandEqualWhenSplit(bench: Bench, conversation: Conversation, step = 1): number {
  if (!conversation.tcp) return 0;
  const whole = bench.play(conversation);
  let plays = 0;
  for (const [index, { bytes }] of conversation.packets.entries()) {
    for (let at = 1; at < bytes.length; at += step) {
      deepStrictEqual(bench.play(splitAt(conversation, index, at)), whole, `packet ${index} cut behind byte ${at}`);
      plays++;
    }
  }
  return plays;
}

/** One direction alone, and each packet missing once: nothing may throw or grow. The number of plays. */
export function demandBearsLoss(bench: Bench, conversation: Conversation): number {
  bench.play(oneSide(conversation, true));
  bench.play(oneSide(conversation, false));
  for (let i = 0; i < conversation.packets.length; i++) bench.play(conversation, i);
  return 2 + conversation.packets.length;
}

/** A small generator of repeatable numbers, xorshift32. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0 || 1;
  }

  /** Below `limit`. */
  below(limit: number): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x;
    return (x >>> 0) % limit;
  }
}

/** Values that lengths and counts go wrong at. */
const EDGES = [0, 1, 0x7f, 0x80, 0xff];

/** The conversation with some bytes of some packets changed, cut off, doubled or put in another order. */
export function mutate(conversation: Conversation, random: Random): Conversation {
  const packets = conversation.packets.map(({ fromClient, bytes }) => {
    if (bytes.length === 0 || random.below(3) === 0) return { fromClient, bytes };
    let copy = bytes.slice();
    for (let n = 1 + random.below(6); n > 0; n--) {
      // Headers stand in front: half of the changes go there.
      const at = random.below(random.below(2) === 0 ? Math.min(64, copy.length) : copy.length);
      const how = random.below(4);
      copy[at] =
        how === 0
          ? EDGES[random.below(EDGES.length)]!
          : how === 1
            ? copy[at]! ^ (1 << random.below(8))
            : random.below(256);
    }
    if (random.below(8) === 0) copy = copy.subarray(0, 1 + random.below(copy.length));
    return { fromClient, bytes: copy };
  });
  if (packets.length > 1 && random.below(8) === 0) {
    const i = random.below(packets.length - 1);
    [packets[i], packets[i + 1]] = [packets[i + 1]!, packets[i]!];
  }
  if (random.below(16) === 0) packets.splice(random.below(packets.length), 1);
  return { ...conversation, packets };
}
