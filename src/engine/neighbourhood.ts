/**
 * Frames below IP for those who want them: ARP for the devices, what switches say of themselves for the mirror doctor.
 * Such frames are rare on a sound network; a storm of them costs a bounded table and counters.
 */
import { count, counter } from '../decode/counters.ts';
import { Cursor } from '../decode/cursor.ts';
import {
  type Arp,
  type Bpdu,
  CONTROL,
  type Neighbour,
  readArp,
  readBpdu,
  readCdp,
  readLldp,
} from '../decode/neighbours.ts';
import type { Packet } from '../decode/packet.ts';

const ARP = counter('decode.arp.not_ethernet_ipv4');
const LLDP = counter('decode.lldp.unreadable');
const CDP = counter('decode.cdp.unreadable');
const BPDU = counter('decode.stp.unreadable');

/** Switch ports and bridges remembered; more than that is someone who makes them up. */
const MAX_REMEMBERED = 64;
/** LLDP, CDP and spanning tree come every 2 to 60 s: in a storm only so many a second of packet time are read. */
const MAX_READ_PER_SECOND = 50;

/** Called while the packet is there; MACs lie in p.buf at the places that `arp` tells. Nothing may be kept. */
export type ArpListener = (arp: Arp, p: Packet) => void;

export interface SeenNeighbour extends Neighbour {
  lastUs: number;
}

export class Neighbourhood {
  readonly #arpListeners: ArpListener[] = [];
  readonly #cursor = new Cursor();
  readonly #arp: Arp = { operation: 0, senderMacAt: 0, senderIp: 0, targetMacAt: 0, targetIp: 0 };
  readonly #neighbours = new Map<string, SeenNeighbour>();
  readonly #bridges = new Map<string, Bpdu & { lastUs: number }>();
  #second = 0;
  #read = 0;
  arpRequests = 0;
  arpReplies = 0;

  onArp(listener: ArpListener): void {
    this.#arpListeners.push(listener);
  }

  /** Switches and others that sent LLDP or CDP, by what they say they are. */
  neighbours(): SeenNeighbour[] {
    return [...this.#neighbours.values()];
  }

  /** Senders of spanning tree messages. */
  bridges(): (Bpdu & { lastUs: number })[] {
    return [...this.#bridges.values()];
  }

  /** A packet for which decodeFrame gave false and set `control`. */
  packet(p: Packet): void {
    const c = this.#cursor.set(p.buf, p.controlAt, p.controlEnd);
    if (p.control === CONTROL.ARP) {
      if (!readArp(c, this.#arp)) {
        count(ARP);
        return;
      }
      if (this.#arp.operation === 1) this.arpRequests++;
      else if (this.#arp.operation === 2) this.arpReplies++;
      for (const listener of this.#arpListeners) listener(this.#arp, p);
      return;
    }
    const second = Math.floor(p.timeUs / 1e6);
    if (second !== this.#second) this.#read = 0;
    this.#second = second;
    if (this.#read++ >= MAX_READ_PER_SECOND) return;
    if (p.control === CONTROL.STP || p.control === CONTROL.PVST) {
      const bpdu = readBpdu(c, p.control === CONTROL.PVST);
      if (bpdu === undefined) count(BPDU);
      else remember(this.#bridges, `${bpdu.bridge} ${bpdu.port} ${bpdu.vlan}`, { ...bpdu, lastUs: p.timeUs });
      return;
    }
    const neighbour = p.control === CONTROL.LLDP ? readLldp(c) : readCdp(c);
    if (neighbour === undefined) count(p.control === CONTROL.LLDP ? LLDP : CDP);
    else
      remember(this.#neighbours, `${neighbour.by} ${neighbour.chassis} ${neighbour.port}`, {
        ...neighbour,
        lastUs: p.timeUs,
      });
  }
}

/** Newest last; the one longest silent gives way. */
function remember<T>(table: Map<string, T>, key: string, value: T): void {
  table.delete(key);
  if (table.size >= MAX_REMEMBERED) {
    const oldest = table.keys().next();
    if (!oldest.done) table.delete(oldest.value);
  }
  table.set(key, value);
}
