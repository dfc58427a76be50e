/** State of a network interface as /sys/class/net tells it: works without privileges and without any tool. */
import { existsSync, readFileSync } from 'node:fs';
import { LINKTYPE } from './source.ts';

export const SYS_CLASS_NET = '/sys/class/net';

/** Hardware types of linux/if_arp.h that are met on real machines. */
export const ARPHRD = {
  ETHER: 1,
  PPP: 512,
  CISCO: 513,
  RAWIP: 519,
  TUNNEL: 768,
  TUNNEL6: 769,
  LOOPBACK: 772,
  SIT: 776,
  IEEE80211: 801,
  IEEE80211_RADIOTAP: 803,
  NONE: 65534,
} as const;

/**
 * What a raw AF_PACKET socket delivers for a hardware type, undefined where that is not a link type of ours. Loopback frames
 * have an Ethernet header of zeros; PPP devices give IP without the PPP header, as tunnels do.
 */
export function linkTypeOf(hardwareType: number): number | undefined {
  switch (hardwareType) {
    case ARPHRD.ETHER:
    case ARPHRD.LOOPBACK:
      return LINKTYPE.ETHERNET;
    case ARPHRD.PPP:
    case ARPHRD.RAWIP:
    case ARPHRD.TUNNEL:
    case ARPHRD.TUNNEL6:
    case ARPHRD.SIT:
    case ARPHRD.NONE:
      return LINKTYPE.RAW;
    case ARPHRD.CISCO:
      return LINKTYPE.CHDLC;
    case ARPHRD.IEEE80211:
      return LINKTYPE.IEEE802_11;
    case ARPHRD.IEEE80211_RADIOTAP:
      return LINKTYPE.IEEE802_11_RADIOTAP;
    default:
      return undefined;
  }
}

/** A name the kernel would accept (dev_valid_name in net/core/dev.c), and that stays inside /sys/class/net. */
export function isInterfaceName(name: string): boolean {
  return /^[^\s/:]{1,15}$/.test(name) && name !== '.' && name !== '..';
}

/** A file below /sys/class/net/NAME, trimmed; undefined where it is missing or cannot be read in this state. */
export function readSys(name: string, file: string): string | undefined {
  try {
    return readFileSync(`${SYS_CLASS_NET}/${name}/${file}`, 'latin1').trim();
  } catch {
    return undefined;
  }
}

export interface LinkState {
  exists: boolean;
  /** 0 when there is none. */
  index: number;
  /** Switched on (IFF_UP). */
  up: boolean;
  /** Cable and partner present; true where the driver does not say. */
  carrier: boolean;
  hardwareType: number;
}

const IFF_UP = 1;

export function readLink(name: string): LinkState {
  if (!isInterfaceName(name) || !existsSync(`${SYS_CLASS_NET}/${name}`)) {
    return { exists: false, index: 0, up: false, carrier: false, hardwareType: 0 };
  }
  const up = (Number.parseInt(readSys(name, 'flags') ?? '0', 16) & IFF_UP) !== 0;
  return {
    exists: true,
    index: Number(readSys(name, 'ifindex') ?? 0),
    up,
    carrier: up && readSys(name, 'carrier') !== '0',
    hardwareType: Number(readSys(name, 'type') ?? 0),
  };
}

/**
 * Frames the interface lost before the kernel saw them: no room in its own buffers (missed, FIFO). rx_dropped is left out,
 * as it also counts frames that no protocol of this machine wanted, which on a mirror port is nearly all.
 */
export function readInterfaceDrops(name: string): number | null {
  const missed = readSys(name, 'statistics/rx_missed_errors');
  const fifo = readSys(name, 'statistics/rx_fifo_errors');
  if (missed === undefined && fifo === undefined) return null;
  return Number(missed ?? 0) + Number(fifo ?? 0);
}
