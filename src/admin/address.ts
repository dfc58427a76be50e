/** Which addresses count as "here": asked of the socket, never of a header. */
import { BlockList, isIP } from 'node:net';

/** RFC 1918, 3927, 4193, 4291 and loopback. RFC 6598 (100.64/10) is left out: behind a carrier's NAT it holds strangers. */
const local = new BlockList();
local.addSubnet('127.0.0.0', 8, 'ipv4');
local.addSubnet('10.0.0.0', 8, 'ipv4');
local.addSubnet('172.16.0.0', 12, 'ipv4');
local.addSubnet('192.168.0.0', 16, 'ipv4');
local.addSubnet('169.254.0.0', 16, 'ipv4');
local.addSubnet('::1', 128, 'ipv6');
local.addSubnet('fc00::', 7, 'ipv6');
local.addSubnet('fe80::', 10, 'ipv6');

/** A socket's address in one form: no zone, IPv4 inside IPv6 unwrapped. */
export function plainAddress(address: string | undefined): string {
  const text = (address ?? '').replace(/%.*$/, '');
  return /^::ffff:\d+\.\d+\.\d+\.\d+$/i.test(text) ? text.slice(7) : text;
}

export function isLocalAddress(address: string | undefined): boolean {
  const ip = plainAddress(address);
  const family = isIP(ip);
  return family !== 0 && local.check(ip, family === 6 ? 'ipv6' : 'ipv4');
}

/** What login limits count by: an IPv4 address, or the /64 that one IPv6 subscriber owns. */
export function addressKey(address: string | undefined): string {
  const ip = plainAddress(address);
  if (isIP(ip) !== 6) return ip;
  const [head = '', tail] = ip.split('::');
  const front = head === '' ? [] : head.split(':');
  const back = tail === undefined || tail === '' ? [] : tail.split(':');
  const groups =
    tail === undefined
      ? front
      : [...front, ...Array<string>(Math.max(0, 8 - front.length - back.length)).fill('0'), ...back];
  return `${groups
    .slice(0, 4)
    .map((g) => Number.parseInt(g, 16).toString(16))
    .join(':')}::/64`;
}

/**
 * Names under which a box at home is reached and that no stranger can own in public DNS. A page elsewhere whose name is
 * rebound to our address shows itself by its Host header.
 */
export function isLocalName(hostHeader: string | undefined, ownName: string): boolean {
  const bracketed = /^\[([^\]]+)\](:\d+)?$/.exec(hostHeader ?? '');
  const host = (bracketed?.[1] ?? (hostHeader ?? '').replace(/:\d+$/, '')).toLowerCase();
  if (host === '' || isIP(host.replace(/%.*$/, '')) !== 0) return host !== '';
  if (!host.includes('.') || host === ownName.toLowerCase()) return true;
  return /\.(local|localhost|lan|home|internal|intranet|home\.arpa|test)\.?$/.test(host);
}

/** Broadcast and multicast addresses, and the one that stands for none: no host has them. */
export function isGroupText(ip: string): boolean {
  if (ip.includes(':')) return /^ff/i.test(ip) || ip === '::';
  const first = Number(ip.slice(0, ip.indexOf('.')));
  return (first >= 224 && first <= 239) || ip === '255.255.255.255' || ip === '0.0.0.0';
}
