/**
 * Which application a host name belongs to: our table of facts (data/hosts.tsv, a domain suffix and an application id a
 * line), matched by whole labels, longest suffix first; the owner can add lines.
 */
import { certificateNames } from './data/certificates.ts';
import { hosts } from './data/hosts.ts';
import type { TlsInfo } from './info.ts';

const bySuffix = new Map<string, number>();

/** Adds lines "domain suffix<TAB>application id"; later lines win. Returns the lines that are none. */
export function addHosts(lines: string): string[] {
  const bad: string[] = [];
  for (const line of lines.split('\n')) {
    const text = line.trim();
    if (!text || text.startsWith('#')) continue;
    const [suffix = '', id = ''] = text.split(/\s+/);
    if (!/^[a-z0-9._-]+$/.test(suffix) || !/^\d{1,5}$/.test(id)) bad.push(text);
    else bySuffix.set(suffix.replace(/^\./, ''), Number(id));
  }
  return bad;
}
addHosts(hosts);

/** Application id for a host name, 0 when there is none. */
export function applicationOfHost(host: string): number {
  let name = host.toLowerCase();
  if (name.endsWith('.')) name = name.slice(0, -1);
  for (let labels = 0; labels < 12; labels++) {
    const id = bySuffix.get(name);
    if (id !== undefined) return id;
    const dot = name.indexOf('.');
    if (dot < 0) return 0;
    name = name.slice(dot + 1);
  }
  return 0;
}

/** Application by the names in a certificate: host names, the common name first, else a maker that signs for itself. */
export function applicationOfCertificate(tls: TlsInfo | undefined): number {
  if (!tls?.subject) return 0;
  const common = /(?:^|, )CN=([^,]+)/.exec(tls.subject)?.[1] ?? '';
  for (const name of [common, ...(tls.names?.split(',', 16) ?? [])]) {
    const app = applicationOfHost(name.replace(/^\*\./, ''));
    if (app) return app;
  }
  return applicationOfMaker(tls.subject) || applicationOfMaker(tls.issuer ?? '');
}

/** A relative name of the table stands at the beginning of one in the distinguished name. */
export function applicationOfMaker(name: string): number {
  for (const [begin, app] of certificateNames) {
    if (name.startsWith(begin) || name.includes(`, ${begin}`)) return app;
  }
  return 0;
}
