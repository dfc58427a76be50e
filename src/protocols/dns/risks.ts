/** Risks that DNS messages show, with the value that raised each. */
import { count, counter, type View } from '../kit.ts';
import { RISK, randomName } from '../risks.ts';
import { type DnsMessage, TYPE } from './message.ts';

const MALFORMED = counter('detect.dns.malformed');

/** Longest label and name that people and content networks use; tunnels fill what the protocol allows. */
const LONG_LABEL = 44;
const LONG_NAME = 128;
/** Record types that RFC 8482, RFC 3425 and RFC 1035 itself took out of use. */
const OBSOLETE_TYPES = new Set([3, 4, 7, 8, 9, 10, 11, 14, 30, 38, 99, 100, 101, 102, 103, 253, 254]);
const RCODES = ['no error', 'format error', 'server failure', 'nxdomain', 'not implemented', 'refused'];

export function dnsRisks(view: View, message: DnsMessage): void {
  const { name } = message;
  // What the capture cut off may have held the rest.
  const cut = !view.tcp && view.wireLen > view.c.length;
  if (message.malformed && !cut) {
    count(MALFORMED);
    view.risk(RISK.MALFORMED, 'dns sections do not fit the message');
  }
  const odd =
    message.oddName ||
    (view.port(53) && (!hostName(name) || (message.signs && message.questionRead && !INSTANCE.test(name))));
  if (odd && !view.port(5353)) view.risk(RISK.INVALID_CHARACTERS, name);
  if (message.response && message.rcode)
    view.risk(RISK.ERROR_CODE, RCODES[message.rcode] ?? `dns error ${message.rcode}`);
  if (view.wireLen > 512 && message.ednsSize === 0 && !view.tcp && view.port(53)) {
    view.risk(RISK.DNS_LARGE, `${view.wireLen} bytes`);
  }
  if (message.zeroTtl) view.risk(RISK.MINOR_ISSUES, 'address with a time to live of zero');
  if (name === '' || name.endsWith('.in-addr.arpa') || name.endsWith('.ip6.arpa') || !view.port(53)) return;
  if (/(^|\.)xn--/.test(name)) view.risk(RISK.PUNYCODE, name);
  const labels = name.split('.');
  const longest = Math.max(...labels.map((label) => label.length));
  if (name.length > LONG_NAME || longest > LONG_LABEL) view.risk(RISK.DNS_SUSPICIOUS, `long name ${name}`);
  if (message.type === TYPE.NULL) view.risk(RISK.DNS_SUSPICIOUS, `query of type NULL for ${name}`);
  if (OBSOLETE_TYPES.has(message.type)) view.risk(RISK.MINOR_ISSUES, `obsolete record type ${message.type}`);
  if (!randomName(name)) return;
  view.risk(RISK.DGA_NAME, name);
  // Of the many names that such a program draws, its master holds a few: one that is known leads to it.
  if (message.response && message.rcode === 0) view.risk(RISK.RISKY_DOMAIN, `drawn by a program and known: ${name}`);
}

/**
 * Letters, digits, hyphens (RFC 1123 section 2.1), the underscore of services and the "*" and "/" that zones use (RFC 4592,
 * RFC 2317). The instance of a service is text for people (RFC 6763 section 4.1.1): its label may hold anything.
 * "?" stands for bytes that are no text, which count by themselves.
 */
function hostName(name: string): boolean {
  return /^[a-z0-9._*/?-]*$/i.test(name.replace(INSTANCE, ''));
}

/** "<instance>._ipp._tcp.<domain>"; a service without an instance begins with its underscore. */
const INSTANCE = /^[^.]+(?=\._[^.]+\._(?:tcp|udp)(?:\.|$))/i;
