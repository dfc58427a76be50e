/** Community ID flow hash, version 1, seed 0 (github.com/corelight/community-id-spec): the hash that Zeek and Suricata share. */
import { createHash } from 'node:crypto';
import { parseIp } from './address.ts';

/** ICMP types that have a counterpart, as the specification maps them to ports. */
const ICMP4 = new Map([
  [8, 0],
  [0, 8],
  [13, 14],
  [14, 13],
  [15, 16],
  [16, 15],
  [10, 9],
  [9, 10],
  [17, 18],
  [18, 17],
]);
const ICMP6 = new Map([
  [128, 129],
  [129, 128],
  [133, 134],
  [134, 133],
  [135, 136],
  [136, 135],
  [130, 131],
  [131, 130],
  [144, 145],
  [145, 144],
  [139, 140],
  [140, 139],
]);

export interface Tuple {
  version: 4 | 6;
  proto: number;
  /** Four signed words each. */
  a: readonly number[];
  b: readonly number[];
  aPort: number;
  bPort: number;
  icmpType: number;
  icmpCode: number;
}

export function communityId(t: Tuple): string {
  let aPort = t.aPort;
  let bPort = t.bPort;
  let oneWay = false;
  const icmp = t.proto === 1 ? ICMP4 : t.proto === 58 ? ICMP6 : undefined;
  if (icmp) {
    const counterpart = icmp.get(t.icmpType);
    aPort = t.icmpType;
    bPort = counterpart ?? t.icmpCode;
    oneWay = counterpart === undefined;
  }
  const ports = icmp !== undefined || t.proto === 6 || t.proto === 17 || t.proto === 132;
  const size = t.version === 4 ? 4 : 16;
  const a = bytesOf(t.a, size);
  const b = bytesOf(t.b, size);
  const order = a.compare(b) || aPort - bPort;
  const swap = !oneWay && order > 0;
  const out = Buffer.alloc(2 + 2 * size + 2 + (ports ? 4 : 0));
  (swap ? b : a).copy(out, 2);
  (swap ? a : b).copy(out, 2 + size);
  out[2 + 2 * size] = t.proto;
  if (ports) {
    out.writeUInt16BE(swap ? bPort : aPort, 4 + 2 * size);
    out.writeUInt16BE(swap ? aPort : bPort, 6 + 2 * size);
  }
  return `1:${createHash('sha1').update(out).digest('base64')}`;
}

/** The same of addresses in text; "" when they are none. Not for ICMP, whose types take part in the hash. */
export function communityOf(proto: number, ip: string, port: number, otherIp: string, otherPort: number): string {
  const a = parseIp(ip);
  const b = parseIp(otherIp);
  if (!a || !b) return '';
  const ports = { aPort: port, bPort: otherPort, icmpType: 0, icmpCode: 0 };
  return communityId({ version: a.version, proto, a: a.words, b: b.words, ...ports });
}

function bytesOf(words: readonly number[], size: number): Buffer {
  const out = Buffer.alloc(16);
  for (let i = 0; i < 4; i++) out.writeInt32BE(words[i]!, i * 4);
  return out.subarray(16 - size);
}
