/**
 * What devices and switches say of themselves below IP: ARP (RFC 826), LLDP (IEEE 802.1AB), CDP (Cisco), spanning tree
 * (IEEE 802.1D/w, Cisco PVST+). Rare frames: what is read of them may allocate, and all texts in it are the network's.
 */
import type { Cursor } from './cursor.ts';

/** Packet.control: what a frame without IP is; 0 = nothing of interest. */
export const CONTROL = { NONE: 0, ARP: 1, LLDP: 2, CDP: 3, STP: 4, PVST: 5 } as const;

/** Longest text kept of a neighbour's field. */
const MAX_TEXT = 128;
/** Fields read of one LLDP or CDP frame. */
const MAX_TLVS = 64;

/** ARP for IPv4 over Ethernet. Addresses of IP are words as in Packet (d3), MACs lie in buf. */
export interface Arp {
  /** 1 request, 2 reply; 3 and 4 are reverse ARP. */
  operation: number;
  senderMacAt: number;
  senderIp: number;
  targetMacAt: number;
  targetIp: number;
}

/** What a switch, access point or phone says of itself and of the port it sends from. "" where it says nothing. */
export interface Neighbour {
  by: 'lldp' | 'cdp';
  chassis: string;
  port: string;
  portDescription: string;
  systemName: string;
  systemDescription: string;
  /** Native or port VLAN, 0 when not told. */
  vlan: number;
  /** Management addresses as text, IPv4 only. */
  addresses: string[];
}

/** A bridge's configuration message. */
export interface Bpdu {
  /** 0 = 802.1D, 2 = rapid, 3 = multiple. */
  version: number;
  /** 0x80 = a topology change notification, without roots. */
  type: number;
  topologyChange: boolean;
  /** "priority/aa:bb:cc:dd:ee:ff" */
  root: string;
  bridge: string;
  port: number;
  /** PVST+ names the VLAN it speaks for; else 0. */
  vlan: number;
}

/** Reads ARP at the cursor into `out`; false for other hardware or protocols and for frames cut short. */
export function readArp(c: Cursor, out: Arp): boolean {
  if (!c.has(28)) return false;
  if (c.u16() !== 1 || c.u16() !== 0x0800 || c.u16() !== 0x0604) return false;
  out.operation = c.u16();
  out.senderMacAt = c.pos;
  out.senderIp = c.skip(6).i32();
  out.targetMacAt = c.pos;
  out.targetIp = c.skip(6).i32();
  return out.operation >= 1 && out.operation <= 4;
}

const macText = (c: Cursor): string => {
  let out = '';
  for (let i = 0; i < 6; i++) out += (i ? ':' : '') + c.u8().toString(16).padStart(2, '0');
  return out;
};
const ipText = (c: Cursor): string => `${c.u8()}.${c.u8()}.${c.u8()}.${c.u8()}`;
const textOf = (c: Cursor, length: number): string => c.text(Math.min(length, MAX_TEXT)).replaceAll(/\0+$/g, '');

function neighbour(by: 'lldp' | 'cdp'): Neighbour {
  return {
    by,
    chassis: '',
    port: '',
    portDescription: '',
    systemName: '',
    systemDescription: '',
    vlan: 0,
    addresses: [],
  };
}

/** LLDP behind its EtherType. Undefined when not even chassis and port are there. */
export function readLldp(c: Cursor): Neighbour | undefined {
  const out = neighbour('lldp');
  for (let n = 0; n < MAX_TLVS && c.has(2); n++) {
    const head = c.u16();
    const [type, length] = [head >> 9, head & 511];
    if (type === 0 || !c.has(length)) break;
    const next = c.pos + length;
    if ((type === 1 || type === 2) && length > 1) {
      const subtype = c.u8();
      // MAC addresses: chassis subtype 4, port subtype 3; the rest is text or near enough.
      const text = subtype === (type === 1 ? 4 : 3) && length === 7 ? macText(c) : textOf(c, length - 1);
      if (type === 1) out.chassis = text;
      else out.port = text;
    } else if (type === 4) out.portDescription = textOf(c, length);
    else if (type === 5) out.systemName = textOf(c, length);
    else if (type === 6) out.systemDescription = textOf(c, length);
    else if (type === 8 && length >= 6 && c.peek16(0) === 0x0501 && out.addresses.length < 4) {
      out.addresses.push(ipText(c.skip(2)));
    } else if (type === 127 && length >= 6 && c.peek32(0) === 0x0080c201) out.vlan = c.peek16(4) & 0xfff;
    c.skip(next - c.pos);
  }
  return out.chassis !== '' && out.port !== '' ? out : undefined;
}

/** CDP behind its SNAP header. Undefined when it names neither device nor port. */
export function readCdp(c: Cursor): Neighbour | undefined {
  const out = neighbour('cdp');
  const version = c.u8();
  if (version !== 1 && version !== 2) return undefined;
  c.skip(3);
  for (let n = 0; n < MAX_TLVS && c.has(4); n++) {
    const type = c.u16();
    const length = c.u16() - 4;
    if (length < 0 || !c.has(length)) break;
    const next = c.pos + length;
    if (type === 1) out.chassis = out.systemName = textOf(c, length);
    else if (type === 3) out.port = textOf(c, length);
    else if (type === 5) out.systemDescription = textOf(c, length);
    else if (type === 6) out.portDescription = textOf(c, length);
    else if (type === 10 && length >= 2) out.vlan = c.peek16(0) & 0xfff;
    else if (type === 2 && length >= 13 && out.addresses.length < 4) {
      // Number of addresses, protocol type and length 1, protocol cc (IP), address length 4.
      if (c.peek32(4) === 0x0101cc00 && c.peek8(8) === 4) out.addresses.push(ipText(c.skip(9)));
    }
    c.skip(next - c.pos);
  }
  return out.chassis !== '' || out.port !== '' ? out : undefined;
}

const bridgeText = (c: Cursor): string => `${c.u16()}/${macText(c)}`;

/** A BPDU behind LLC (42 42 03) or, for PVST+, behind SNAP. Undefined when it is none. */
export function readBpdu(c: Cursor, pvst: boolean): Bpdu | undefined {
  if (!c.has(4) || c.u16() !== 0) return undefined;
  const out: Bpdu = { version: c.u8(), type: c.u8(), topologyChange: false, root: '', bridge: '', port: 0, vlan: 0 };
  if (out.type === 0x80) return out;
  if ((out.type !== 0 && out.type !== 2) || !c.has(31)) return undefined;
  out.topologyChange = (c.u8() & 1) !== 0;
  out.root = bridgeText(c);
  c.skip(4);
  out.bridge = bridgeText(c);
  out.port = c.u16();
  c.skip(8);
  // Rapid spanning tree adds a length byte; PVST+ then has padding, TLV 0, length 2, VLAN.
  if (out.type === 2) c.skip(1);
  if (pvst) {
    while (c.peek8(0) === 0 && c.peek32(0) !== 0x00000002 && c.left > 6) c.skip(1);
    if (c.peek32(0) === 0x00000002) out.vlan = c.peek16(4) & 0xfff;
  }
  return out;
}
