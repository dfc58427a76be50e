/** Risks that HTTP messages show, with the value that raised each. */
import type { View } from '../kit.ts';
import { addressText, looksRandom, RISK } from '../risks.ts';
import { type HttpMessage, mediaType } from './message.ts';

/** Programs that fetch everything say so in their user agent. */
const CRAWLERS = /bot\b|crawler|spider|slurp|facebookexternalhit|archiver/i;
/** Media types of what runs on arrival. */
const PROGRAMS = new Set([
  'application/x-msdownload',
  'application/x-dosexec',
  'application/x-msdos-program',
  'application/x-ms-dos-executable',
  'application/vnd.microsoft.portable-executable',
  'application/x-executable',
  'application/x-elf',
  'application/x-sharedlib',
  'application/java-vm',
  'application/x-java-vm',
  'application/java-archive',
  'application/vnd.android.package-archive',
  'application/x-apple-diskimage',
  'application/x-msi',
  'application/x-sh',
  'application/x-shockwave-flash',
]);
const TRAVERSAL = '..';
/** Union selects, tautologies and comments behind a quote, and the functions that tell an attacker where he is. */
const SQL =
  /('|"|%27|%22)[\s+]*(or|and|union|having|order[\s+]by)\b|\bunion[\s+]+(all[\s+]+)?select\b|\bselect[\s+].{1,80}[\s+]from[\s+]|;[\s+]*(drop|insert|update|delete)[\s+]|\b(sleep|benchmark|extractvalue|updatexml|xp_cmdshell)[\s+]*\(|\binformation_schema\b/i;
const SCRIPT =
  /<[\s+/]*(script|iframe|svg|img|body|object|embed)\b|\bjavascript:|\bon(error|load|mouseover|click|focus)[\s+]*=|\balert[\s+]*\(/i;
const SHELL =
  /\/etc\/(passwd|shadow|hosts)\b|\b(win|boot)\.ini\b|\bcmd(\.exe)?[?\s+]*\/c\b|[;|&`][\s+]*(cat|id|ls|wget|curl|nc|bash|sh|ping|whoami|uname)\b|\/shell\?|\b(system|passthru|shell_exec|popen|phpinfo)[\s+]*\(|\$\{IFS\}|php:\/\/(input|filter)/i;
const LOOKUP = /\$\{.{0,64}(jndi|lower|upper|env|sys)|jndi:(ldap|rmi|dns|iiop)/i;

export function requestRisks(view: View, message: HttpMessage): void {
  const { target, fields } = message;
  const decoded = decode(target);
  if (target.startsWith('/.') && !target.startsWith('/.well-known/')) view.risk(RISK.POSSIBLE_EXPLOIT, target);
  if (target.includes(TRAVERSAL)) view.risk(RISK.HTTP_URL, target);
  const query = decoded.slice(decoded.search(/[?/]/) + 1);
  if (SQL.test(query)) view.risk(RISK.SQL_INJECTION, target);
  if (SCRIPT.test(query)) view.risk(RISK.XSS, target);
  if (SHELL.test(decoded)) view.risk(RISK.RCE, target);
  for (const value of [target, ...fields.values()]) {
    if (!LOOKUP.test(value)) continue;
    view.risk(RISK.POSSIBLE_EXPLOIT, value);
    break;
  }
  // A program that loads classes from elsewhere while it runs: what follows a log4j lookup.
  if (/\.class(\?|$)/.test(target) && fields.get('user-agent')?.startsWith('Java/'))
    view.risk(RISK.POSSIBLE_EXPLOIT, target);
  if (target === '/robots.txt') view.risk(RISK.CRAWLER, target);
  agentRisks(view, fields.get('user-agent'));
  hostRisk(view, fields.get('host') ?? '');
  if (message.oddField) view.risk(RISK.HTTP_HEADER, message.oddField);
  if (/^basic /i.test(fields.get('authorization') ?? '')) view.risk(RISK.CLEAR_TEXT_CREDENTIALS, 'basic authorization');
}

function agentRisks(view: View, agent: string | undefined): void {
  if (agent === undefined || agent === '') {
    view.risk(RISK.HTTP_USER_AGENT, 'no user agent');
    return;
  }
  if (
    agent.length <= 4 ||
    agent.startsWith('() {') ||
    agent.startsWith('<?') ||
    LOOKUP.test(agent) ||
    looksRandom(agent)
  ) {
    view.risk(RISK.HTTP_USER_AGENT, agent);
  }
  if (CRAWLERS.test(agent)) view.risk(RISK.CRAWLER, agent);
}

/** A host that is an address, but not the one that was asked. */
function hostRisk(view: View, host: string): void {
  const name = host.replace(/:\d+$/, '');
  if (view.ipVersion !== 4 || !/^\d{1,3}(\.\d{1,3}){3}$/.test(name)) return;
  const asked = addressText(view.server[3]!);
  if (asked !== name) view.risk(RISK.HTTP_HEADER, `host ${name} asked at ${asked}`);
}

export function responseRisks(view: View, message: HttpMessage): void {
  const { fields, status } = message;
  if (status >= 400) view.risk(RISK.ERROR_CODE, `http status ${status}`);
  if (message.oddField) view.risk(RISK.HTTP_HEADER, message.oddField);
  const server = fields.get('server');
  if (server && obsolete(server)) view.risk(RISK.HTTP_OBSOLETE_SERVER, server);
  const type = mediaType(fields.get('content-type') ?? '').toLowerCase();
  if (PROGRAMS.has(type)) view.risk(RISK.BINARY_TRANSFER, type);
  const file = /filename\*?="?([^";]{1,128})/i.exec(fields.get('content-disposition') ?? '');
  if (file) view.risk(RISK.BINARY_DATA, file[1]!);
  else if (type === 'application/octet-stream' || type === 'application/x-msdownload')
    view.risk(RISK.BINARY_DATA, type);
}

/** First bytes of a body that is not what its type says: RFC 9110 section 8.3 leaves it to the sender. */
export function bodyRisks(view: View, message: HttpMessage, first: number): void {
  const magic = (first >>> 0).toString(16).padStart(8, '0');
  if (first >>> 16 === 0x4d5a) view.risk(RISK.BINARY_TRANSFER, 'windows program');
  else if (first === 0x7f454c46) view.risk(RISK.BINARY_TRANSFER, 'elf program');
  const type = mediaType(message.fields.get('content-type') ?? '').toLowerCase();
  if (!type.startsWith('text/') || message.fields.get('transfer-encoding') || first >>> 24 < 0x80) return;
  // Byte order marks of UTF-8 and UTF-16 are text, and gzip says what it is in another field.
  if (first >>> 8 === 0xefbbbf || first >>> 16 === 0xfffe || first >>> 16 === 0xfeff) return;
  view.risk(RISK.HTTP_CONTENT, `${type} begins with ${magic}`);
}

/** Branches that their makers no longer mend. */
function obsolete(server: string): boolean {
  const match = /^(Apache|nginx)\/(\d+)\.(\d+)/.exec(server);
  if (!match) return false;
  const [, name, major, minor] = match;
  const version = Number(major) * 1000 + Number(minor);
  return version < (name === 'Apache' ? 2004 : 1014);
}

/** Percent-decoding that leaves what it cannot read. */
function decode(target: string): string {
  return target.replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
