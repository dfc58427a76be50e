/**
 * Conditions over an alert, all of which must hold. The same words filter the list, describe a group of alerts and make
 * an exclusion, so that what an owner sees listed is exactly what an exclusion made of it will hide.
 */

import { ipText, Networks, parseIp } from '../flows/address.ts';
import { type AlertEvent, type AlertKind, KINDS } from './alert.ts';

export interface AlertMatch {
  kind?: AlertKind;
  plugin?: string;
  script?: string;
  typeName?: string;
  /** Address or CIDR of the client of the flow, or of the host that the alert is about. */
  source?: string;
  /** Address or CIDR of the server of the flow. */
  destination?: string;
  /** Address or CIDR of either side, of the host, or a network in it that the alert is about. */
  network?: string;
  /** Port of the server. */
  port?: number;
  /** Any part of the protocol, upper or lower case: "UDP", "DNS", "TLS", "Google", "TLS.Google". */
  protocol?: string;
  /** A name and everything below it: "example.org" holds for "www.example.org". */
  domain?: string;
  /** MAC address of either side: "aa:bb:cc:dd:ee:ff". */
  device?: string;
  vlan?: number;
  /** What an alert of an interface, a network or the system is about, as the plugin names it. */
  entity?: string;
}

/** Fields in the order in which people read them. */
export const MATCH_FIELDS = [
  'source',
  'destination',
  'network',
  'port',
  'protocol',
  'domain',
  'device',
  'vlan',
  'entity',
  'plugin',
  'script',
  'typeName',
  'kind',
] as const satisfies readonly (keyof AlertMatch)[];
export type MatchField = (typeof MATCH_FIELDS)[number];

/** What a condition looks at: every alert and every stored row has it. */
export type MatchSubject = Pick<AlertEvent, 'kind' | 'entityValue' | 'plugin' | 'script' | 'typeName' | 'flow'>;

/** Longest text of a condition that is believed. */
const TEXT_CHARS = 253;
/** Addresses remembered per condition, so that fifty thousand rows parse each address once. */
const REMEMBERED = 8192;

/** Why a field was refused; the page has the words. */
export type MatchFault = 'address' | 'port' | 'vlan' | 'mac' | 'domain' | 'kind' | 'text';

/** "192.168.1.5" of the entity "192.168.1.5@20". */
export const hostOf = (entityValue: string): string => entityValue.replace(/@\d+$/, '');

/** An address or CIDR in the form in which it is kept: canonical, host bits cleared. Undefined when it is none. */
export function canonicalNetwork(text: string): string | undefined {
  const trimmed = text.trim();
  const ip = parseIp(trimmed);
  if (ip !== undefined) return ipText(ip.version, ...ip.words);
  if (!trimmed.includes('/')) return undefined;
  return Networks.parse([trimmed]).networks.list()[0];
}

function canonicalMac(text: string): string | undefined {
  const digits = text.trim().toLowerCase().replace(/[:.-]/g, '');
  return /^[0-9a-f]{12}$/.test(digits) ? digits.replace(/(..)(?=.)/g, '$1:') : undefined;
}

function canonicalDomain(text: string): string | undefined {
  const name = text
    .trim()
    .toLowerCase()
    .replace(/^\*?\./, '')
    .replace(/\.$/, '');
  return name !== '' && name.length <= TEXT_CHARS && !/[\s/@]/.test(name) ? name : undefined;
}

const wholeNumber = (text: string, most: number): number | undefined =>
  /^\d{1,5}$/.test(text.trim()) && Number(text) <= most ? Number(text) : undefined;

/** Reads one field that a person typed; `value` is what goes into the match. */
export function readMatchField(
  name: MatchField,
  text: string,
): { ok: true; value: AlertMatch[MatchField] } | { ok: false; fault: MatchFault } {
  const got = (value: AlertMatch[MatchField] | undefined, fault: MatchFault) =>
    value === undefined ? { ok: false as const, fault } : { ok: true as const, value };
  switch (name) {
    case 'source':
    case 'destination':
    case 'network':
      return got(canonicalNetwork(text), 'address');
    case 'port':
      return got(wholeNumber(text, 65_535), 'port');
    case 'vlan':
      return got(wholeNumber(text, 4095), 'vlan');
    case 'device':
      return got(canonicalMac(text), 'mac');
    case 'domain':
      return got(canonicalDomain(text), 'domain');
    case 'kind':
      return got(
        KINDS.find((kind) => kind === text),
        'kind',
      );
    default:
      return got(text.trim().length <= TEXT_CHARS ? text.trim() : undefined, 'text');
  }
}

/** Reads the fields that are there and not empty; those that cannot be read come back in `faults`. */
export function readMatch(fields: { [name: string]: unknown }): {
  match: AlertMatch;
  faults: Partial<Record<MatchField, MatchFault>>;
} {
  const match: { [name: string]: AlertMatch[MatchField] } = {};
  const faults: Partial<Record<MatchField, MatchFault>> = {};
  for (const name of MATCH_FIELDS) {
    const given = fields[name];
    const text = typeof given === 'number' ? String(given) : given;
    if (typeof text !== 'string' || text.trim() === '') continue;
    const read = readMatchField(name, text);
    if (read.ok) match[name] = read.value;
    else faults[name] = read.fault;
  }
  return { match: match as AlertMatch, faults };
}

/** True when the match says nothing and would hold for every alert. */
export const isEmptyMatch = (match: AlertMatch): boolean => MATCH_FIELDS.every((name) => match[name] === undefined);

/** Tests address texts against one address or CIDR, each text parsed once. */
function addressTest(wanted: string): (text: string) => boolean {
  if (!wanted.includes('/')) return (text) => text === wanted;
  const { networks } = Networks.parse([wanted]);
  const known = new Map<string, boolean>();
  return (text) => {
    let held = known.get(text);
    if (held === undefined) {
      const ip = parseIp(text);
      held = ip !== undefined && networks.indexOf(ip.version, ...ip.words) >= 0;
      if (known.size >= REMEMBERED) known.clear();
      known.set(text, held);
    }
    return held;
  };
}

/** True when a network lies within the wanted one, given the test of addresses for that. */
function liesWithin(cidr: string, wanted: string, holds: (text: string) => boolean): boolean {
  const [address = '', bits] = cidr.split('/');
  return bits !== undefined && Number(bits) >= Number(wanted.split('/')[1] ?? 128) && holds(address);
}

function protocolTest(wanted: string): (l4: string, l7: string) => boolean {
  const word = wanted.toLowerCase();
  const known = new Map<string, boolean>();
  const holds = (name: string): boolean => {
    let held = known.get(name);
    if (held === undefined) {
      const lower = name.toLowerCase();
      held = lower === word || lower.split('.').includes(word);
      if (known.size >= REMEMBERED) known.clear();
      known.set(name, held);
    }
    return held;
  };
  return (l4, l7) => holds(l4) || holds(l7);
}

type Test = (alert: MatchSubject) => boolean;

/** Makes the tests of a match once, cheap ones first. Fields must be canonical, as readMatch() gives them. */
export function compileMatch(match: AlertMatch): Test {
  const tests: Test[] = [];
  const { kind, plugin, script, typeName, port, vlan, device, domain, entity } = match;
  if (kind !== undefined) tests.push((a) => a.kind === kind);
  if (typeName !== undefined) tests.push((a) => a.typeName === typeName);
  if (plugin !== undefined) tests.push((a) => a.plugin === plugin);
  if (script !== undefined) tests.push((a) => a.script === script);
  if (port !== undefined) tests.push((a) => a.flow?.serverPort === port);
  if (vlan !== undefined)
    tests.push((a) =>
      a.flow === undefined ? a.kind === 'host' && a.entityValue.endsWith(`@${vlan}`) : a.flow.vlan === vlan,
    );
  if (device !== undefined) tests.push((a) => a.flow?.clientMac === device || a.flow?.serverMac === device);
  if (entity !== undefined) tests.push((a) => a.entityValue === entity);
  if (match.protocol !== undefined) {
    const holds = protocolTest(match.protocol);
    tests.push((a) => a.flow !== undefined && holds(a.flow.l4, a.flow.l7));
  }
  if (match.source !== undefined) {
    const holds = addressTest(match.source);
    tests.push((a) =>
      a.flow === undefined ? a.kind === 'host' && holds(hostOf(a.entityValue)) : holds(a.flow.client),
    );
  }
  if (match.destination !== undefined) {
    const holds = addressTest(match.destination);
    tests.push((a) => a.flow !== undefined && holds(a.flow.server));
  }
  if (match.network !== undefined) {
    const wanted = match.network;
    const holds = addressTest(wanted);
    tests.push((a) => {
      if (a.flow !== undefined) return holds(a.flow.client) || holds(a.flow.server);
      if (a.kind === 'host') return holds(hostOf(a.entityValue));
      return a.kind === 'network' && (a.entityValue === wanted || liesWithin(a.entityValue, wanted, holds));
    });
  }
  if (domain !== undefined) {
    const below = `.${domain}`;
    tests.push((a) => {
      const name = a.flow?.hostname;
      if (name === undefined || name.length < domain.length) return false;
      const lower = name.toLowerCase();
      return lower === domain || lower.endsWith(below);
    });
  }
  const [first, second, third] = tests;
  if (first === undefined) return () => true;
  if (second === undefined) return first;
  if (third === undefined) return (a) => first(a) && second(a);
  return (a) => {
    for (const test of tests) if (!test(a)) return false;
    return true;
  };
}
