/** Compares flows with the truth, flow by flow, and adds up. */
import type { FlowRecord } from '../../src/flows/record.ts';
import { flowKey, risksOf, type TruthRow } from './truth.ts';

/** A fact the truth tells of a flow: its name, the truth's column, and where we keep ours. */
interface Fact {
  name: string;
  wanted(row: TruthRow): string;
  ours(flow: FlowRecord): string | number | undefined;
}

const colons = (hex: string | undefined): string | undefined => hex?.toUpperCase().match(/../g)?.join(':');

/** The first six are the goals; the others show depth. */
const FACTS: readonly Fact[] = [
  {
    name: 'tls server name',
    wanted: (r) => (r['tls_version'] ? r['hostname']! : ''),
    ours: (f) => f.info.hostname,
  },
  { name: 'ja4', wanted: (r) => r['ja4_client']!, ours: (f) => f.info.tls?.ja4 },
  { name: 'ja3', wanted: (r) => r['ja3_client']!, ours: (f) => f.info.tls?.ja3 },
  { name: 'hassh', wanted: (r) => r['hassh_client']!.toLowerCase(), ours: (f) => f.info.ssh?.hassh },
  { name: 'dns query', wanted: (r) => r['dns_query']!, ours: (f) => f.info.dns?.query },
  { name: 'http user agent', wanted: (r) => r['http_user_agent']!, ours: (f) => f.info.http?.userAgent },
  { name: 'hostname', wanted: (r) => r['hostname']!, ours: (f) => f.info.hostname },
  { name: 'ja3s', wanted: (r) => r['ja3_server']!, ours: (f) => f.info.tls?.ja3s },
  { name: 'alpn offered', wanted: (r) => r['alpn_advertised']!, ours: (f) => f.info.tls?.alpn },
  { name: 'alpn chosen', wanted: (r) => r['alpn_negotiated']!, ours: (f) => f.info.tls?.negotiatedAlpn },
  { name: 'tls subject', wanted: (r) => r['tls_subject']!, ours: (f) => f.info.tls?.subject },
  { name: 'tls issuer', wanted: (r) => r['tls_issuer']!, ours: (f) => f.info.tls?.issuer },
  { name: 'tls names', wanted: (r) => r['tls_server_names']!, ours: (f) => f.info.tls?.names },
  { name: 'tls sha1', wanted: (r) => r['tls_cert_sha1']!, ours: (f) => colons(f.info.tls?.sha1) },
  {
    name: 'tls not before',
    wanted: (r) => r['tls_not_before']!,
    ours: (f) =>
      f.info.tls?.notBefore === undefined
        ? undefined
        : new Date(f.info.tls.notBefore).toISOString().slice(0, 19).replace('T', ' '),
  },
  { name: 'http url', wanted: (r) => r['http_url']!, ours: (f) => f.info.http?.url },
  {
    name: 'http status',
    wanted: (r) => (r['http_status'] === '0' ? '' : r['http_status']!),
    ours: (f) => f.info.http?.status,
  },
  { name: 'http content', wanted: (r) => r['http_content_type']!, ours: (f) => f.info.http?.contentType },
  { name: 'http server', wanted: (r) => r['http_server']!, ours: (f) => f.info.http?.server },
  { name: 'hassh server', wanted: (r) => r['hassh_server']!.toLowerCase(), ours: (f) => f.info.ssh?.hasshServer },
  { name: 'ssh client', wanted: (r) => r['ssh_client']!, ours: (f) => f.info.ssh?.client },
];
export const GOALS = 6;

export interface Miss {
  pcap: string;
  why: string;
  truthMaster: string;
  truthApp: string;
  found: string;
  row: TruthRow;
}

interface RiskFigures {
  truth: number;
  found: number;
  both: number;
}

export class FlowScore {
  pcaps = 0;
  flows = 0;
  known = 0;
  master = 0;
  exact = 0;
  missing = 0;
  unknown = 0;
  wrongName = 0;
  readonly failed: string[] = [];
  readonly protocols = new Map<string, { flows: number; right: number; exact: number }>();
  readonly facts = new Map<string, { flows: number; right: number }>();
  readonly risks = new Map<number, RiskFigures>();
  readonly misses: Miss[] = [];

  capture(pcap: string, rows: readonly TruthRow[], flows: readonly FlowRecord[], failed: string | undefined): void {
    this.pcaps++;
    if (failed !== undefined) this.failed.push(`${pcap}: ${failed}`);
    const found = new Map<string, FlowRecord[]>();
    for (const flow of flows) {
      const key = flowKey(flow.client.ip, flow.client.port, flow.server.ip, flow.server.port, flow.proto);
      const same = found.get(key);
      if (same) same.push(flow);
      else found.set(key, [flow]);
    }
    for (const row of rows) {
      const key = flowKey(row['src_ip']!, row['src_port']!, row['dst_ip']!, row['dst_port']!, row['l4_proto']!);
      this.#flow(pcap, row, found.get(key) ?? []);
    }
  }

  #flow(pcap: string, row: TruthRow, flows: readonly FlowRecord[]): void {
    this.flows++;
    if (flows.length === 0) this.missing++;
    const ids = flows.map((f) => `${f.master}.${f.app}`).join(' ');
    const miss = (why: string, truthApp = row['app_name']!, found = ids) =>
      this.misses.push({ pcap, why, truthMaster: row['master_name']!, truthApp, found, row });
    const master = Number(row['master_id']);
    const app = Number(row['app_id']) || master;
    this.#risks(row, flows, miss);
    if (master === 0 && app === 0) {
      this.unknown++;
      if (flows.some((f) => f.master !== 0)) {
        this.wrongName++;
        miss('false');
      }
      return;
    }
    this.known++;
    const okMaster = flows.some((f) => f.master === master);
    const okExact = flows.some((f) => f.master === master && (f.app || master) === app);
    if (okMaster) this.master++;
    if (okExact) this.exact++;
    else miss(okMaster ? 'app' : flows.length ? 'master' : 'no flow');
    let protocol = this.protocols.get(row['master_name']!);
    if (!protocol) this.protocols.set(row['master_name']!, (protocol = { flows: 0, right: 0, exact: 0 }));
    protocol.flows++;
    if (okMaster) protocol.right++;
    if (okExact) protocol.exact++;
    for (const fact of FACTS) {
      const wanted = fact.wanted(row);
      if (!wanted) continue;
      let figures = this.facts.get(fact.name);
      if (!figures) this.facts.set(fact.name, (figures = { flows: 0, right: 0 }));
      figures.flows++;
      if (flows.some((f) => String(fact.ours(f) ?? '') === wanted)) figures.right++;
      else miss(fact.name, wanted, flows.map((f) => fact.ours(f) ?? '').join(' | '));
    }
  }

  #risks(row: TruthRow, flows: readonly FlowRecord[], miss: (why: string, app: string, found: string) => void): void {
    if (flows.length === 0) return;
    const truth = new Set(risksOf(row));
    const ours = new Map(flows.flatMap((f) => f.risks.map((r) => [r.id, r.value] as const)));
    for (const id of new Set([...truth, ...ours.keys()])) {
      let figures = this.risks.get(id);
      if (!figures) this.risks.set(id, (figures = { truth: 0, found: 0, both: 0 }));
      if (truth.has(id)) figures.truth++;
      if (ours.has(id)) figures.found++;
      if (truth.has(id) && ours.has(id)) figures.both++;
      else miss(`risk ${id} ${truth.has(id) ? 'not seen' : 'too much'}`, row['risk_info']!, ours.get(id) ?? '');
    }
  }

  /** The figures by name, as text. */
  report(): Record<string, string | number> {
    const all = [...this.protocols.values()];
    const macro = all.reduce((sum, p) => sum + p.right / p.flows, 0) / (all.length || 1);
    const facts = FACTS.flatMap(({ name }) => {
      const figures = this.facts.get(name);
      return figures ? [[name, `${percent(figures.right, figures.flows)} of ${figures.flows}`] as const] : [];
    });
    return {
      pcaps: this.pcaps,
      failed: this.failed.length,
      flows: this.flows,
      master: percent(this.master, this.known),
      exact: percent(this.exact, this.known),
      macro: `${(100 * macro).toFixed(2)} %`,
      protocols: all.length,
      protocols_found: all.filter((p) => p.right).length,
      false: percent(this.wrongName, this.unknown),
      flows_missing: this.missing,
      ...Object.fromEntries(facts),
    };
  }
}

export const percent = (part: number, whole: number): string =>
  whole ? `${((100 * part) / whole).toFixed(2)} %` : 'n/a';
