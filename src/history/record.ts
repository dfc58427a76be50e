/**
 * One step of the traffic history as 576 bytes: what moved, and the protocols and hosts that moved most. Little endian:
 *
 *   0 f64 begin of the step, ms   8 u32 CRC-32 of bytes 12…575 with the begin   12 u16 protocols   14 u16 hosts
 *   16 f64 × 8 traffic (TRAFFIC)  80 protocols: u16 id, u16 0, f64 bytes, 12 of them
 *   224 hosts: i32 × 4 address, u16 version, u16 VLAN, f64 bytes, 12 of them   560 spare
 */
import { crc32 } from 'node:zlib';

export const RECORD_BYTES = 576;
export const TOP = 12;

/** Counters of a step in their order; activeFlows and hosts are the largest value seen, blind is in seconds. */
export const TRAFFIC = ['bytes', 'packets', 'flows', 'dropped', 'evicted', 'blind', 'activeFlows', 'hosts'] as const;
export const GAUGES: readonly number[] = [6, 7];

export interface HostBytes {
  version: 4 | 6;
  vlan: number;
  words: readonly [number, number, number, number];
  bytes: number;
}

export interface StepRecord {
  beginMs: number;
  /** By TRAFFIC. */
  traffic: number[];
  /** Largest first, at most TOP. */
  protocols: { id: number; bytes: number }[];
  hosts: HostBytes[];
}

const PROTOCOLS_AT = 80;
const HOSTS_AT = 224;

export function encodeRecord(record: StepRecord): Buffer {
  const out = Buffer.alloc(RECORD_BYTES);
  out.writeDoubleLE(record.beginMs, 0);
  const protocols = record.protocols.slice(0, TOP);
  const hosts = record.hosts.slice(0, TOP);
  out.writeUInt16LE(protocols.length, 12);
  out.writeUInt16LE(hosts.length, 14);
  for (let i = 0; i < TRAFFIC.length; i++) out.writeDoubleLE(record.traffic[i] ?? 0, 16 + i * 8);
  for (const [i, p] of protocols.entries()) {
    out.writeUInt16LE(p.id & 0xffff, PROTOCOLS_AT + i * 12);
    out.writeDoubleLE(p.bytes, PROTOCOLS_AT + i * 12 + 4);
  }
  for (const [i, h] of hosts.entries()) {
    const at = HOSTS_AT + i * 28;
    for (let w = 0; w < 4; w++) out.writeInt32LE(h.words[w]!, at + w * 4);
    out.writeUInt16LE(h.version, at + 16);
    out.writeUInt16LE(h.vlan & 0xfff, at + 18);
    out.writeDoubleLE(h.bytes, at + 20);
  }
  out.writeUInt32LE(sum(out), 8);
  return out;
}

/** The record at `at`, or undefined when it was never written or is torn. */
export function decodeRecord(bytes: Buffer, at: number): StepRecord | undefined {
  const own = bytes.subarray(at, at + RECORD_BYTES);
  if (own.length < RECORD_BYTES || own.readUInt32LE(8) !== sum(own)) return undefined;
  const beginMs = own.readDoubleLE(0);
  const counts = [own.readUInt16LE(12), own.readUInt16LE(14)] as const;
  if (!(beginMs > 0) || counts[0] > TOP || counts[1] > TOP) return undefined;
  const list = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i));
  return {
    beginMs,
    traffic: list(TRAFFIC.length, (i) => own.readDoubleLE(16 + i * 8)),
    protocols: list(counts[0], (i) => ({
      id: own.readUInt16LE(PROTOCOLS_AT + i * 12),
      bytes: own.readDoubleLE(PROTOCOLS_AT + i * 12 + 4),
    })),
    hosts: list(counts[1], (i) => {
      const from = HOSTS_AT + i * 28;
      const word = (w: number) => own.readInt32LE(from + w * 4);
      return {
        version: own.readUInt16LE(from + 16) === 6 ? 6 : 4,
        vlan: own.readUInt16LE(from + 18),
        words: [word(0), word(1), word(2), word(3)] as const,
        bytes: own.readDoubleLE(from + 20),
      };
    }),
  };
}

const sum = (own: Buffer): number => crc32(own.subarray(12), crc32(own.subarray(0, 8)));
