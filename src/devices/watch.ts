/**
 * Feeds the table of devices from packets: ARP, neighbour discovery, and the few UDP ports on which devices name
 * themselves. Everything else passes with two comparisons.
 */
import { Cursor } from '../decode/cursor.ts';
import type { Arp } from '../decode/neighbours.ts';
import { IPPROTO, type Packet } from '../decode/packet.ts';
import { ipText } from '../flows/address.ts';
import { isUnicastMac, macAt } from './mac.ts';
import {
  type Claim,
  newClaim,
  readDhcp,
  readMdns,
  readNeighbour,
  readNetbiosDatagram,
  readNetbiosName,
} from './naming.ts';
import type { Devices } from './table.ts';

const PORT = { DHCP_SERVER: 67, DHCP_CLIENT: 68, NETBIOS_NAME: 137, NETBIOS_DATAGRAM: 138, MDNS: 5353 } as const;

/** True for a packet that DeviceWatch.packet() wants to see. */
export function speaksOfDevices(p: Packet): boolean {
  if (p.proto === IPPROTO.UDP) {
    const port = p.dport;
    return port === 5353 || (port <= 138 && port >= 67 && (port <= 68 || port >= 137));
  }
  return p.proto === IPPROTO.ICMPV6 && (p.icmpType === 135 || p.icmpType === 136);
}

export class DeviceWatch {
  readonly devices: Devices;
  /** Told of the network that a DHCP server gave an address in: "192.168.1.0/24". */
  onSubnet: ((cidr: string) => void) | undefined;
  readonly #claim: Claim = newClaim();
  readonly #cursor = new Cursor();

  constructor(devices: Devices) {
    this.devices = devices;
  }

  /** An ARP packet as decode/neighbours.ts reads it. */
  arp(arp: Arp, p: Packet): void {
    // A probe (RFC 5227) has no sender address yet; a sender that is not the frame's speaks for somebody else.
    if (arp.operation > 2 || arp.senderIp === 0 || p.macAt < 0) return;
    const claim = this.#claim;
    claim.mac = macAt(p.buf, arp.senderMacAt);
    if (!isUnicastMac(claim.mac) || macAt(p.buf, p.macAt + 6) !== claim.mac) return;
    claim.version = 4;
    claim.w0 = claim.w1 = claim.w2 = 0;
    claim.w3 = arp.senderIp;
    this.#claimed(p, 'arp');
  }

  /** A packet for which speaksOfDevices() is true. */
  packet(p: Packet): void {
    if (p.macAt < 0 || p.laterFragment) return;
    const c = this.#cursor.set(p.buf, p.payloadAt, p.payloadAt + p.payloadLen);
    if (p.proto === IPPROTO.ICMPV6) {
      // RFC 4861 section 7.1: a hop limit below 255 has passed a router.
      if (p.ttl !== 255) return;
      const claim = this.#claim;
      claim.w0 = p.s0;
      claim.w1 = p.s1;
      claim.w2 = p.s2;
      claim.w3 = p.s3;
      if (readNeighbour(p.icmpType, c, claim) && isUnicastMac(claim.mac)) this.#claimed(p, 'nd');
      return;
    }
    if (p.dport === PORT.DHCP_SERVER || p.dport === PORT.DHCP_CLIENT) this.#dhcp(p, c);
    else this.#named(p, c);
  }

  #claimed(p: Packet, by: 'arp' | 'nd'): void {
    const { mac, version, w0, w1, w2, w3 } = this.#claim;
    const nowMs = p.timeUs / 1000;
    const device = this.devices.see(mac, nowMs);
    if (device) this.devices.address(device, by, version, p.vlan, w0, w1, w2, w3, nowMs);
  }

  #dhcp(p: Packet, c: Cursor): void {
    const said = readDhcp(c);
    if (!said || !isUnicastMac(said.mac)) return;
    // Only the client itself, or a relay or server speaking of it, may make the device known.
    const source = macAt(p.buf, p.macAt + 6);
    if (said.fromClient && !said.relayed && source !== said.mac) return;
    const nowMs = p.timeUs / 1000;
    const device = this.devices.see(said.mac, nowMs);
    if (!device) return;
    if (said.name) this.devices.name(device, 'dhcp', said.name, nowMs);
    if (said.given !== 0 && said.mask !== 0) this.#subnet(said.given, said.mask);
    if (said.given !== 0) this.devices.address(device, 'dhcp', 4, p.vlan, 0, 0, 0, said.given, nowMs);
  }

  #subnet(address: number, mask: number): void {
    const bits = Math.clz32(~mask);
    // Only a run of ones is a mask; /31 and /32 are links, below /12 nobody has a segment.
    if (bits < 12 || bits > 30 || mask !== -1 << (32 - bits)) return;
    this.onSubnet?.(`${ipText(4, 0, 0, 0, address & mask)}/${bits}`);
  }

  #named(p: Packet, c: Cursor): void {
    const mdns = p.dport === PORT.MDNS;
    const name = mdns
      ? readMdns(c, p.ipVersion, p.s0, p.s1, p.s2, p.s3)
      : p.ipVersion !== 4
        ? ''
        : p.dport === PORT.NETBIOS_NAME
          ? readNetbiosName(c, p.s3)
          : readNetbiosDatagram(c, p.s3);
    const mac = macAt(p.buf, p.macAt + 6);
    if (!name || !isUnicastMac(mac)) return;
    const nowMs = p.timeUs / 1000;
    const device = this.devices.see(mac, nowMs);
    if (device && !device.router) this.devices.name(device, mdns ? 'mdns' : 'netbios', name, nowMs);
  }
}
