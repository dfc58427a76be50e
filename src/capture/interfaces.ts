/** The machine's network interfaces, for the start script, the doctor and the settings page. Reads /sys only. */
import { existsSync, readdirSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { ARPHRD, isInterfaceName, linkTypeOf, readLink, readSys, SYS_CLASS_NET } from './link.ts';

/** Totals of the kernel since the interface appeared (Documentation/ABI/testing/sysfs-class-net-statistics). */
export interface InterfaceCounters {
  rxPackets: number;
  rxBytes: number;
  rxErrors: number;
  rxDropped: number;
  /** No room in the interface's own buffers. */
  rxMissedErrors: number;
  rxFifoErrors: number;
  rxCrcErrors: number;
  txPackets: number;
  txBytes: number;
}

export type InterfaceKind = 'ethernet' | 'wireless' | 'loopback' | 'bridge' | 'bond' | 'vlan' | 'tunnel' | 'virtual';

export interface InterfaceInfo {
  name: string;
  index: number;
  kind: InterfaceKind;
  /** ARPHRD_ number. */
  hardwareType: number;
  /** One of LINKTYPE, undefined where only libpcap can capture. */
  linkType: number | undefined;
  up: boolean;
  carrier: boolean;
  /** As the kernel words it: up, down, unknown, dormant, lowerlayerdown ... */
  operState: string;
  /** Mbit/s; undefined where the driver does not say. */
  speed: number | undefined;
  mtu: number;
  /** "" where there is none. */
  mac: string;
  /** "192.0.2.1/24", "fe80::1/64". */
  addresses: string[];
  counters: InterfaceCounters;
}

function kindOf(name: string, hardwareType: number): InterfaceKind {
  const has = (file: string) => existsSync(`${SYS_CLASS_NET}/${name}/${file}`);
  if (hardwareType === ARPHRD.LOOPBACK) return 'loopback';
  if (has('wireless') || has('phy80211')) return 'wireless';
  if (has('bridge')) return 'bridge';
  if (has('bonding')) return 'bond';
  if (/^DEVTYPE=vlan$/m.test(readSys(name, 'uevent') ?? '')) return 'vlan';
  if (hardwareType !== ARPHRD.ETHER) return 'tunnel';
  return has('device') ? 'ethernet' : 'virtual';
}

function readCounters(name: string): InterfaceCounters {
  const read = (counter: string) => Number(readSys(name, `statistics/${counter}`) ?? 0);
  return {
    rxPackets: read('rx_packets'),
    rxBytes: read('rx_bytes'),
    rxErrors: read('rx_errors'),
    rxDropped: read('rx_dropped'),
    rxMissedErrors: read('rx_missed_errors'),
    rxFifoErrors: read('rx_fifo_errors'),
    rxCrcErrors: read('rx_crc_errors'),
    txPackets: read('tx_packets'),
    txBytes: read('tx_bytes'),
  };
}

/** One interface, or undefined where there is none of that name. */
export function readInterface(name: string): InterfaceInfo | undefined {
  const link = readLink(name);
  if (!link.exists) return undefined;
  const speed = Number(readSys(name, 'speed') ?? -1);
  const mac = readSys(name, 'address') ?? '';
  return {
    name,
    index: link.index,
    kind: kindOf(name, link.hardwareType),
    hardwareType: link.hardwareType,
    linkType: linkTypeOf(link.hardwareType),
    up: link.up,
    carrier: link.carrier,
    operState: readSys(name, 'operstate') ?? 'unknown',
    // Drivers say -1 or 65535 * 65537 while there is no link.
    speed: speed > 0 && speed < 10_000_000 ? speed : undefined,
    mtu: Number(readSys(name, 'mtu') ?? 0),
    mac: /^(00:)*00$/.test(mac) ? '' : mac,
    addresses: (networkInterfaces()[name] ?? []).map((address) => address.cidr ?? address.address),
    counters: readCounters(name),
  };
}

/** All interfaces in the kernel's order; empty where there is no /sys. */
export function listInterfaces(): InterfaceInfo[] {
  let names: string[];
  try {
    names = readdirSync(SYS_CLASS_NET);
  } catch {
    return [];
  }
  return names
    .filter(isInterfaceName)
    .map(readInterface)
    .filter((info) => info !== undefined)
    .sort((a, b) => a.index - b.index);
}

/**
 * The interfaces that may be plugged into a mirror port, likeliest first: wired ones with a signal and without an IPv4
 * address before those that this machine is reached by.
 */
export function mirrorCandidates(interfaces: InterfaceInfo[]): InterfaceInfo[] {
  const wired = interfaces.filter((info) => info.kind === 'ethernet' || info.kind === 'virtual');
  const score = (info: InterfaceInfo) => {
    const unused = !info.addresses.some((address) => !address.includes(':'));
    return (info.carrier ? 4 : 0) + (unused ? 2 : 0) + (info.kind === 'ethernet' ? 1 : 0);
  };
  return wired.sort((a, b) => score(b) - score(a));
}
