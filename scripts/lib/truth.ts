/** nDPI's verdicts on its own captures: one row per flow, a table with a head line, tab separated, gzip or not. */
import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

export type TruthRow = Record<string, string>;

/** Rows by capture name. Throws with a word on what is missing. */
export function readTruth(path: string): Map<string, TruthRow[]> {
  if (!existsSync(path)) throw new Error(`reading the truth: ${path} is not there; give its place with --truth`);
  const raw = readFileSync(path);
  const lines = (path.endsWith('.gz') ? gunzipSync(raw) : raw).toString('utf8').split('\n').filter(Boolean);
  const head = lines[0]?.split('\t') ?? [];
  if (!head.includes('pcap') || !head.includes('master_id'))
    throw new Error(`reading the truth: ${path} has no columns pcap and master_id`);
  const byPcap = new Map<string, TruthRow[]>();
  for (const line of lines.slice(1)) {
    const cells = line.split('\t');
    const row: TruthRow = {};
    for (let i = 0; i < head.length; i++) row[head[i]!] = cells[i] ?? '';
    const rows = byPcap.get(row['pcap']!);
    if (rows) rows.push(row);
    else byPcap.set(row['pcap']!, [row]);
  }
  return byPcap;
}

/** The same text for both directions of a flow. */
export function flowKey(a: string, aPort: string | number, b: string, bPort: string | number, proto: string | number) {
  const x = `${fullIpv6(a)}|${Number(aPort) || 0}`;
  const y = `${fullIpv6(b)}|${Number(bPort) || 0}`;
  return `${x < y ? `${x}|${y}` : `${y}|${x}`}|${proto}`;
}

function fullIpv6(ip: string): string {
  if (!ip.includes(':')) return ip;
  const [left = '', right] = ip.toLowerCase().split('::');
  const l = left ? left.split(':') : [];
  const r = right ? right.split(':') : [];
  const zeros = right === undefined ? [] : Array<string>(Math.max(0, 8 - l.length - r.length)).fill('0');
  return [...l, ...zeros, ...r].map((group) => group.replace(/^0+(?=.)/, '')).join(':');
}

/** Risk ids of a row. */
export const risksOf = (row: TruthRow): number[] => (row['risk_ids'] ?? '').split(',').filter(Boolean).map(Number);
