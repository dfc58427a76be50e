/**
 * What a detector or parser sees of a flow: a cursor over what it may read, who speaks, and where to write what it
 * learned. One View is reused for all flows.
 */
import { Cursor } from '../decode/cursor.ts';
import type { Expectations } from './expectations.ts';
import type { FlowInfo } from './info.ts';

/** Bytes kept of a datagram that said nothing yet, so that the next one can be compared with it. */
export const HEAD = 64;

/** Longest text that a parser may keep; the network decides what it sends, we decide what we hold. */
export const MAX_TEXT = 1024;

/** Risks that one flow may bear. */
export const MAX_RISKS = 16;

export class View {
  /** The datagram (UDP), or the stream of the speaking side from its first byte (TCP). At its start when a look begins. */
  readonly c = new Cursor();
  /** TCP: the other side's stream so far. UDP: the beginning (HEAD bytes) of the other side's last datagram, if any. */
  readonly other = new Cursor();
  /** UDP: the beginning (HEAD bytes) of the datagram that this side sent before, empty for its first. TCP: empty. */
  readonly previous = new Cursor();
  /** UDP: payload bytes on the wire of those two datagrams. */
  otherLen = 0;
  previousLen = 0;
  /** The client speaks. */
  fromClient = true;
  tcp = false;
  /** Payload packets of this flow so far, this one included, both sides; and those of the speaking side. */
  packet = 0;
  packetOfSide = 0;
  clientPort = 0;
  serverPort = 0;
  ipVersion = 4;
  /** Four signed words each; IPv4 in the last. */
  readonly client = new Int32Array(4);
  readonly server = new Int32Array(4);
  /** The server address is broadcast or multicast. */
  group = false;
  /** TCP: the stream's beginning was not seen, or a piece of it is missing. */
  midStream = false;
  /** Payload bytes on the wire of the packet that is looked at (may exceed what was captured). */
  wireLen = 0;
  timeMs = 0;
  /** Facts of other flows that say what to expect here. */
  expectations: Expectations;

  /** Verdict being made; detectors may set them before answering YES, parsers at any time. */
  master = 0;
  app = 0;
  /** A look that trusts behaviour only (sizes, order, entropy, or what is known from captures alone) says so. */
  byBehaviour = false;
  /** Set by a detector that knows better who is the client (a reply seen first, say): the speaking side is the server. */
  speakerIsServer = false;
  /** Bounded state of the flow's parser; undefined at first. */
  state: unknown = undefined;
  #info: FlowInfo | undefined;
  #risks: { id: number; value: string }[] | undefined;

  constructor(expectations: Expectations) {
    this.expectations = expectations;
  }

  /** The flow's facts, made when first asked for. */
  get info(): FlowInfo {
    this.#info ??= {};
    return this.#info;
  }

  /** The port is on either side. */
  port(number: number): boolean {
    return this.clientPort === number || this.serverPort === number;
  }

  /** Notes an nDPI risk with the value that raised it; once per id. */
  risk(id: number, value: string): void {
    this.#risks ??= [];
    for (const risk of this.#risks) if (risk.id === id) return;
    if (this.#risks.length < MAX_RISKS) this.#risks.push({ id, value: value.slice(0, 128) });
  }

  /** A small fact without a type of its own; the name is "protocol.fact". */
  more(name: string, value: string | number | boolean): void {
    const more = (this.info.more ??= {});
    if (name in more || Object.keys(more).length < 16)
      more[name] = typeof value === 'string' ? value.slice(0, 256) : value;
  }

  /** For the driver: loads and takes back what belongs to one flow. */
  load(info: FlowInfo | undefined, risks: { id: number; value: string }[] | undefined, state: unknown): void {
    this.#info = info;
    this.#risks = risks;
    this.state = state;
    this.master = 0;
    this.app = 0;
    this.byBehaviour = false;
    this.speakerIsServer = false;
  }
  takeInfo(): FlowInfo | undefined {
    return this.#info;
  }
  takeRisks(): { id: number; value: string }[] | undefined {
    return this.#risks;
  }
}
