/**
 * Which application a host name belongs to: our table of facts (data/hosts/, a pattern and an application id a line; the
 * forms are told in host-table.ts), and before it the owner's own lines.
 */
import { certificateNames } from './data/certificates.ts';
import { hosts } from './data/hosts/index.ts';
import { type BadLine, HostTable } from './host-table.ts';
import type { TlsInfo } from './info.ts';
import { HIGHEST_ID, OWN_HOSTS, withNumber } from './own-hosts.ts';

const facts = new HostTable({ lines: 20_000, lineLength: 200, id: HIGHEST_ID });
facts.add(hosts);

const own = new HostTable({ ...OWN_HOSTS, id: HIGHEST_ID });

/** Number of patterns in the table of facts. */
export const knownHosts = (): number => facts.size;

/** The owner's lines from now on; they win over the table. Returns the lines that are none. */
export function setOwnHosts(lines: readonly string[]): BadLine[] {
  own.clear();
  return own.add(lines.map(withNumber).join('\n'));
}

/** Application id for a host name, 0 when there is none. */
export function applicationOfHost(host: string): number {
  let name = host.toLowerCase();
  if (name.endsWith('.')) name = name.slice(0, -1);
  return own.find(name) || facts.find(name);
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
