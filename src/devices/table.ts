/**
 * The devices of the segment: one per MAC, with the addresses and names it had and when. A device stays the same when DHCP
 * gives it another address; who answered for an address before and after is remembered. Bounded, evicting what will be
 * missed least: never one that the owner named.
 */
import { count, counter } from '../decode/counters.ts';
import { ipText } from '../flows/address.ts';
import type { AddressEvidence, DeviceAddress, DeviceChange, DeviceName, NameEvidence } from '../link/topics-traffic.ts';
import { macOf } from './mac.ts';
import { isLocalMac } from './oui.ts';

const EVICTED = counter('devices.table.evicted');
const REFUSED = counter('devices.table.refused');
const HURRIED = counter('devices.table.too_many_new');

/** Addresses, changes kept per device; IPv6 privacy addresses come and go by the day. */
const MAX_ADDRESSES = 16;
const MAX_CHANGES = 16;
/** More addresses than this by mere traffic: a router's MAC before other networks. */
const ROUTER_ADDRESSES = 12;
/** New devices a second of packet time once the table holds FREE_START: a flood of made-up MACs must cost little. */
const FREE_START = 256;
const NEW_PER_SECOND = 16;
/** What ARP, ND or DHCP said of an address stands so long against mere traffic of another MAC, ms. */
const WORD_LASTS_MS = 3_600_000;
/** A second answer for an address that flaps between two devices is a change again only after this, ms. */
const CHANGE_GAP_MS = 10_000;
const NAME_ORDER: readonly string[] = ['dhcp', 'mdns', 'netbios'];

/** Slot in the low bits of a tag. */
const SLOT_BITS = 14;
export const MAX_DEVICES = 1 << SLOT_BITS;

export class Device {
  readonly mac: number;
  /** Slot and generation: what others keep of a device, see Devices.byTag(). */
  readonly tag: number;
  firstMs: number;
  lastMs: number;
  alias = '';
  /** Stands before other networks: addresses of its traffic are not its own. */
  router = false;
  /** Seen since this start, not only remembered. */
  online = false;
  addresses: DeviceAddress[] = [];
  names: DeviceName[] = [];
  changes: DeviceChange[] = [];
  bytesSent = 0;
  bytesRcvd = 0;
  packetsSent = 0;
  packetsRcvd = 0;

  constructor(mac: number, tag: number, nowMs: number) {
    this.mac = mac;
    this.tag = tag;
    this.firstMs = nowMs;
    this.lastMs = nowMs;
  }

  /** The owner's word, else the best learned name, else "". */
  get name(): string {
    return this.alias || this.names[0]?.name || '';
  }
}

export interface DeviceEvents {
  /** A MAC never seen before, or forgotten since. */
  appeared?(device: Device): void;
  /** An address that answered from one MAC now answers from another. */
  reassigned?(ip: string, vlan: number, from: Device, to: Device): void;
}

export class Devices {
  readonly limit: number;
  events: DeviceEvents = {};
  /** Grows with everything worth writing: a device, a name, an address, a change; not with traffic. */
  revision = 0;
  evicted = 0;
  readonly #rows: (Device | undefined)[] = [];
  readonly #generations: number[] = [];
  readonly #byMac = new Map<number, Device>();
  /** Who answers for an address. */
  readonly #byAddress = new Map<string | number, Device>();
  #hand = 0;
  #second = 0;
  #newInSecond = 0;

  constructor(limit: number) {
    this.limit = Math.min(limit, MAX_DEVICES);
  }

  get size(): number {
    return this.#byMac.size;
  }

  /** The device of a unicast MAC, made when it is new; undefined when the table is full of named ones or floods. */
  see(mac: number, nowMs: number): Device | undefined {
    let device = this.#byMac.get(mac);
    if (!device) {
      device = this.#make(mac, nowMs);
      if (!device) return undefined;
      this.events.appeared?.(device);
    }
    device.online = true;
    if (nowMs > device.lastMs) device.lastMs = nowMs;
    return device;
  }

  byMac(mac: number): Device | undefined {
    return this.#byMac.get(mac);
  }

  byTag(tag: number): Device | undefined {
    const device = tag > 0 ? this.#rows[tag & (MAX_DEVICES - 1)] : undefined;
    return device?.tag === tag ? device : undefined;
  }

  /** Who answers for an address, as far as known. */
  byAddress(version: number, vlan: number, w0: number, w1: number, w2: number, w3: number): Device | undefined {
    return this.#byAddress.get(keyOf(version, vlan, w0, w1, w2, w3));
  }

  *list(): IterableIterator<Device> {
    yield* this.#byMac.values();
  }

  /** Books that the device has the address. True unless better evidence gives the address to another device. */
  address(
    device: Device,
    by: AddressEvidence,
    version: number,
    vlan: number,
    w0: number,
    w1: number,
    w2: number,
    w3: number,
    nowMs: number,
  ): boolean {
    const key = keyOf(version, vlan, w0, w1, w2, w3);
    const holder = this.#byAddress.get(key);
    if (holder === device) {
      const known = find(device, key);
      if (known) {
        if (nowMs > known.lastMs) known.lastMs = nowMs;
        if (by === 'dhcp' || (by !== 'traffic' && known.by === 'traffic')) known.by = by;
        return true;
      }
    }
    if (by === 'traffic' && (device.router || (holder && holder !== device && stands(holder, key, nowMs))))
      return false;
    const ip = ipText(version, w0, w1, w2, w3);
    if (holder && holder !== device) this.#leave(holder, device, key, ip, vlan, nowMs);
    this.#take(device, key, { ip, vlan, firstMs: nowMs, lastMs: nowMs, by, current: true });
    if (by === 'traffic' && countTraffic(device, nowMs) > ROUTER_ADDRESSES) {
      this.#becomesRouter(device);
      return false;
    }
    if (by === 'dhcp') this.#moved(device, key, nowMs);
    return true;
  }

  /** Books a name; `text` must be clean (naming.ts). */
  name(device: Device, by: NameEvidence, text: string, nowMs: number): void {
    const known = device.names.find((n) => n.by === by);
    if (known) {
      known.lastMs = nowMs;
      if (known.name === text) return;
      known.name = text;
    } else {
      device.names.push({ name: text, by, lastMs: nowMs });
      device.names.sort((a, b) => NAME_ORDER.indexOf(a.by) - NAME_ORDER.indexOf(b.by));
    }
    this.revision++;
  }

  forget(device: Device): void {
    for (const a of device.addresses)
      if (this.#byAddress.get(ADDRESS_KEY.get(a)!) === device) this.#byAddress.delete(ADDRESS_KEY.get(a)!);
    this.#byMac.delete(device.mac);
    this.#rows[device.tag & (MAX_DEVICES - 1)] = undefined;
    this.revision++;
  }

  /** Puts back a device read from a file. False when it is there already or there is no room. */
  restore(
    mac: number,
    fill: (device: Device) => { version: number; words: readonly number[]; address: DeviceAddress }[],
  ): boolean {
    if (this.#byMac.has(mac) || this.size >= this.limit) return false;
    const device = this.#put(mac, 0);
    for (const { version, words, address } of fill(device)) {
      if (device.addresses.length >= MAX_ADDRESSES) break;
      const key = keyOf(version, address.vlan, words[0]!, words[1]!, words[2]!, words[3]!);
      ADDRESS_KEY.set(address, key);
      device.addresses.push(address);
      if (address.current && !this.#byAddress.has(key)) this.#byAddress.set(key, device);
    }
    return true;
  }

  #make(mac: number, nowMs: number): Device | undefined {
    const second = Math.floor(nowMs / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#newInSecond = 0;
    }
    if (this.size >= FREE_START && ++this.#newInSecond > NEW_PER_SECOND) {
      count(HURRIED);
      return undefined;
    }
    if (this.size >= this.limit && !this.#evict()) {
      count(REFUSED);
      return undefined;
    }
    const device = this.#put(mac, nowMs);
    device.changes.push({ atMs: nowMs, kind: 'new', ip: '', other: '' });
    this.revision++;
    return device;
  }

  #put(mac: number, nowMs: number): Device {
    let slot = this.#rows.indexOf(undefined);
    if (slot < 0) slot = this.#rows.length;
    const generation = ((this.#generations[slot] ?? 0) % 0xffff) + 1;
    this.#generations[slot] = generation;
    const device = new Device(mac, (generation << SLOT_BITS) | slot, nowMs);
    this.#rows[slot] = device;
    this.#byMac.set(mac, device);
    return device;
  }

  /** Of the next 64 the one that will be missed least: made-up MACs first, then nameless, then the longest silent. */
  #evict(): boolean {
    let worst: Device | undefined;
    let most = -1;
    const rows = this.#rows.length;
    for (let i = 0; i < 64; i++) {
      this.#hand = (this.#hand + 1) % rows;
      const device = this.#rows[this.#hand];
      if (!device || device.alias) continue;
      const score = (isLocalMac(device.mac) ? 4e15 : 0) + (device.name ? 0 : 2e15) + (2e15 - device.lastMs);
      if (score > most) {
        most = score;
        worst = device;
      }
    }
    if (!worst) return false;
    count(EVICTED);
    this.evicted++;
    this.forget(worst);
    return true;
  }

  #take(device: Device, key: string | number, address: DeviceAddress): void {
    const known = find(device, key);
    if (known) {
      known.current = true;
      known.by = address.by;
      known.lastMs = address.lastMs;
    } else {
      if (device.addresses.length >= MAX_ADDRESSES) this.#dropAddress(device);
      ADDRESS_KEY.set(address, key);
      device.addresses.push(address);
      if (address.by !== 'traffic' || device.addresses.length === 1)
        note(device, { atMs: address.lastMs, kind: 'address', ip: address.ip, other: '' });
    }
    this.#byAddress.set(key, device);
    this.revision++;
  }

  /** The one not current, else the longest silent. */
  #dropAddress(device: Device): void {
    const by = (a: DeviceAddress) => (a.current ? 1e15 : 0) + a.lastMs;
    const worst = device.addresses.reduce((a, b) => (by(b) < by(a) ? b : a));
    device.addresses.splice(device.addresses.indexOf(worst), 1);
    const key = ADDRESS_KEY.get(worst)!;
    if (this.#byAddress.get(key) === device) this.#byAddress.delete(key);
  }

  #leave(from: Device, to: Device, key: string | number, ip: string, vlan: number, nowMs: number): void {
    const address = find(from, key);
    if (address) address.current = false;
    const last = to.changes.findLast((c) => c.ip === ip && c.kind === 'taken');
    if (last && nowMs - last.atMs < CHANGE_GAP_MS) return;
    note(from, { atMs: nowMs, kind: 'lost', ip, other: macOf(to.mac) });
    note(to, { atMs: nowMs, kind: 'taken', ip, other: macOf(from.mac) });
    if (!from.router && !to.router) this.events.reassigned?.(ip, vlan, from, to);
  }

  /** DHCP gave it a new address: the one it had by DHCP on this network is no longer its own. */
  #moved(device: Device, key: string | number, nowMs: number): void {
    const here = find(device, key)!;
    for (const a of device.addresses) {
      if (a === here || !a.current || a.by !== 'dhcp' || a.vlan !== here.vlan) continue;
      a.current = false;
      const old = ADDRESS_KEY.get(a)!;
      if (this.#byAddress.get(old) === device) this.#byAddress.delete(old);
      note(device, { atMs: nowMs, kind: 'left', ip: a.ip, other: '' });
    }
  }

  #becomesRouter(device: Device): void {
    device.router = true;
    for (const a of device.addresses) {
      if (a.by !== 'traffic') continue;
      const key = ADDRESS_KEY.get(a)!;
      if (this.#byAddress.get(key) === device) this.#byAddress.delete(key);
    }
    device.addresses = device.addresses.filter((a) => a.by !== 'traffic');
    this.revision++;
  }
}

/** Keys of addresses; not a field, so that rows can be sent as they are. */
const ADDRESS_KEY = new WeakMap<DeviceAddress, string | number>();

/** IPv4 with its VLAN fits a double; IPv6 is text. */
function keyOf(version: number, vlan: number, w0: number, w1: number, w2: number, w3: number): string | number {
  return version === 4 ? vlan * 0x1_0000_0000 + (w3 >>> 0) : `${w0},${w1},${w2},${w3},${vlan}`;
}

function find(device: Device, key: string | number): DeviceAddress | undefined {
  for (const a of device.addresses) if (ADDRESS_KEY.get(a) === key) return a;
  return undefined;
}

function stands(holder: Device, key: string | number, nowMs: number): boolean {
  const address = find(holder, key);
  return address !== undefined && address.by !== 'traffic' && nowMs - address.lastMs < WORD_LASTS_MS;
}

/** Addresses of the last hour: a host's old IPv6 addresses are no sign of a router. */
function countTraffic(device: Device, nowMs: number): number {
  let n = 0;
  for (const a of device.addresses) if (a.by === 'traffic' && nowMs - a.lastMs < WORD_LASTS_MS) n++;
  return n;
}

function note(device: Device, change: DeviceChange): void {
  device.changes.push(change);
  if (device.changes.length > MAX_CHANGES) device.changes.shift();
}
