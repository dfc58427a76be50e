/**
 * The data's way through the engine: frame → packet → flow → protocol. Whoever wants to know of flows listens here;
 * a listener must not keep what it is given but records.
 */
import type { Frame, PacketSink } from '../capture/source.ts';
import { DecodeContext } from '../decode/context.ts';
import { count, counter } from '../decode/counters.ts';
import { decodeFrame } from '../decode/link.ts';
import { Packet } from '../decode/packet.ts';
import { deviceBooks } from '../devices/books.ts';
import { Devices } from '../devices/table.ts';
import { DeviceWatch, speaksOfDevices } from '../devices/watch.ts';
import type { MirrorObserver } from '../doctor/observer.ts';
import type { EvidenceRing } from '../evidence/ring.ts';
import { Accounts } from '../flows/accounts.ts';
import { DEFAULT_LOCAL_NETWORKS, Networks, parseIp } from '../flows/address.ts';
import { Flows, type FlowTimeouts, TIMEOUTS } from '../flows/flows.ts';
import { BIT, ID, ID_STRIDE, KEY, KEY_STRIDE } from '../flows/layout.ts';
import type { FlowEnd, FlowRecord } from '../flows/record.ts';
import { recordOf } from '../flows/record-of.ts';
import type { Limits } from '../limits.ts';
import { Inspector } from '../protocols/inspector.ts';
import { protocols } from '../protocols/list.ts';
import { registryOf } from '../protocols/registry.ts';
import { Neighbourhood } from './neighbourhood.ts';

/** Networks taken from DHCP: more than a site has behind one mirror port. */
const MAX_FOUND = 32;
const BUG = counter('engine.bug.packet_threw');

/** Moments of a flow's life, by its number; `record(f)` makes its record while the call lasts. */
export interface PipelineListener {
  detected(f: number): void;
  periodic(f: number): void;
  ended(f: number, why: FlowEnd): void;
}

export class Pipeline implements PacketSink {
  readonly flows: Flows;
  readonly inspector: Inspector;
  readonly accounts: Accounts;
  readonly devices: Devices;
  #networks: Networks = Networks.parse(DEFAULT_LOCAL_NETWORKS).networks;
  readonly #found = new Set<string>();
  packets = 0;
  bytes = 0;
  /** Time of the last frame. */
  lastUs = 0;
  slices = 0;
  /** Tunnels to follow, our own addresses; what decoding keeps between frames. */
  readonly decoding = new DecodeContext();
  /** ARP and what switches say. */
  readonly neighbourhood = new Neighbourhood();
  /** Keeps the last packets for alerts, where it is set. */
  evidence: EvidenceRing | undefined;
  /** Looks at packets for the mirror doctor, where it is set. */
  mirror: MirrorObserver | undefined;
  readonly #packet = new Packet(this.decoding);
  readonly #watch: DeviceWatch;
  #find = true;
  readonly #listener: PipelineListener;
  readonly #verdict = { proto: 0, master: 0, app: 0 };
  #ending: FlowEnd = 'active';

  constructor(limits: Limits, listener: PipelineListener, timeouts: FlowTimeouts = TIMEOUTS) {
    this.#listener = listener;
    this.flows = new Flows(
      limits.flows,
      {
        created: (f, p) => this.accounts.created(f, p),
        syn: (f, fromB, p) => this.accounts.syn(f, fromB, p),
        payload: (f, fromB, p) => this.inspector.payload(f, fromB, p),
        settle: (f) => this.inspector.settle(f),
        periodic: (f) => {
          this.#mark(f, BIT.LATER_HOOK);
          this.accounts.settle(f, this.networks);
          this.#listener.periodic(f);
        },
        ended: (f, why) => {
          this.#ending = why;
          this.#mark(f, BIT.LATER_HOOK);
          this.#listener.ended(f, why);
          this.mirror?.ended(this.flows.table, f);
          this.accounts.ended(f, this.networks);
          this.#ending = 'active';
          this.inspector.forget(f);
        },
      },
      timeouts,
    );
    this.inspector = new Inspector(this.flows.table, registryOf(protocols), limits);
    this.accounts = new Accounts(this.flows.table, this.inspector.infos, limits.hosts);
    this.devices = new Devices(limits.devices);
    this.#watch = new DeviceWatch(this.devices);
    this.neighbourhood.onArp((arp, p) => {
      this.#watch.arp(arp, p);
      this.accounts.arp(p.vlan, arp.senderIp, arp.targetIp, arp.operation);
      this.mirror?.arp(arp.senderIp, p.vlan);
    });
    this.#watch.onSubnet = (cidr) => this.#subnet(cidr);
    this.accounts.devices = deviceBooks(this.devices, this.accounts.hosts, () => this.networks);
    this.inspector.onSettled = (f) => {
      const bits = this.flows.table.keys[f * KEY_STRIDE + KEY.BITS]!;
      if (bits & (BIT.ANNOUNCED | BIT.LATER_HOOK)) return;
      this.#mark(f, BIT.ANNOUNCED);
      this.accounts.detected(f);
      this.#listener.detected(f);
    };
  }

  /** Addresses that count as local. */
  get networks(): Networks {
    return this.#networks;
  }

  set networks(networks: Networks) {
    this.accounts.renumber(this.#networks.list(), networks.list());
    this.#networks = networks;
  }

  /** Networks that DHCP told of, each within one that counted as local before; empty once the owner has named his own. */
  get foundNetworks(): ReadonlySet<string> {
    return this.#found;
  }

  /** Says which networks are local: the owner's, or with none the private ranges and what is found in them. */
  setLocalNetworks(cidrs: readonly string[]): { bad: string[] } {
    this.#find = cidrs.length === 0;
    if (!this.#find) this.#found.clear();
    const { networks, bad } = Networks.parse(this.#find ? [...DEFAULT_LOCAL_NETWORKS, ...this.#found] : cidrs);
    this.networks = networks;
    return { bad };
  }

  #subnet(cidr: string): void {
    if (!this.#find || this.#found.has(cidr) || this.#found.size >= MAX_FOUND) return;
    const ip = parseIp(cidr.split('/')[0]!);
    // A made-up server must not turn the Internet into our network.
    if (!ip || this.#networks.indexOf(ip.version, ...ip.words) < 0) return;
    this.#found.add(cidr);
    this.networks = Networks.parse([...DEFAULT_LOCAL_NETWORKS, ...this.#found]).networks;
  }

  packet(frame: Frame): void {
    this.packets++;
    this.bytes += frame.wireLen;
    this.lastUs = frame.timeUs;
    const p = this.#packet;
    try {
      const booked = decodeFrame(frame, p);
      if (this.mirror !== undefined && this.mirror.left > 0) this.mirror.packet(frame, p, booked);
      if (booked) {
        if (speaksOfDevices(p)) this.#watch.packet(p);
        const f = this.flows.packet(p);
        if (f >= 0 && this.evidence !== undefined) this.evidence.offer(frame, p, f, this.flows.table.nums);
      } else if (p.control !== 0) this.neighbourhood.packet(p);
    } catch {
      count(BUG);
    }
  }

  endOfSlice(): void {
    this.slices++;
  }

  /** The record of a flow in the table; `end` is 'active' except while ended() is being told. */
  record(f: number): FlowRecord {
    // What only the end shows is worked out for those who ask: in a flood nobody does.
    if (this.#ending !== 'active') this.inspector.conclude(f);
    return recordOf(this.flows.table, f, this.#ending, this.networks, {
      info: this.inspector.infos[f],
      risks: this.inspector.risks[f],
    });
  }

  /** What detection says of flow f so far; cheap, for asking who wants to know before a record is made. */
  verdict(f: number): { proto: number; master: number; app: number } {
    const { keys, ids } = this.flows.table;
    const v = this.#verdict;
    v.proto = keys[f * KEY_STRIDE + KEY.META]! & 0xff;
    v.master = ids[f * ID_STRIDE + ID.MASTER]!;
    v.app = ids[f * ID_STRIDE + ID.APP]!;
    return v;
  }

  #mark(f: number, bit: number): void {
    this.flows.table.keys[f * KEY_STRIDE + KEY.BITS]! |= bit;
  }
}
