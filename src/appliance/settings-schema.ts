/**
 * Every persistent setting, one entry each: the settings page, the API, the checks, the defaults, the backup and
 * docs/settings.md are made from this table. To add a setting, add an entry; nothing else.
 */

import { DEFAULT_TUNNELS, parseTunnels, TUNNEL_NAMES } from '../decode/context.ts';
import type { Destination } from '../notify/notify.ts';
import { webAddressFault } from '../notify/sender.ts';
import { destinationsFault } from '../notify/senders.ts';

import { parsePolicy } from '../plugins/device-policies.ts';
import { parseListen } from '../plugins/syslog-input.ts';
import { OWN_HOSTS, ownHostFault } from '../protocols/own-hosts.ts';
import { type ApiToken, tokensFault, totpFault, type User, usersFault } from './accounts.ts';
import {
  bytes,
  choice,
  type Field,
  hidden,
  isCidr,
  lines,
  number,
  type SettingsSection,
  text,
  textFault,
} from './settings-fields.ts';

export { isCidr };

/** Raised when an older product would misread the file; migrations bring older files up. */
export const SETTINGS_VERSION = 1;

/** Bounds of the settings, one reason each. */
export const SETTINGS_LIMITS = {
  /** Characters of the appliance's name: it stands in page titles and exports. */
  name: 40,
  /** IFNAMSIZ less the NUL (linux/if.h). */
  interface: 15,
  /** CIDRs; a site with more would list its aggregates. */
  localNetworks: 256,
  passwordHash: 512,
} as const;

/** Sections of the settings page in their order. */
export const SETTINGS_SECTIONS: readonly { key: Exclude<SettingsSection, 'none'>; title: string; help: string }[] = [
  { key: 'general', title: 'General', help: 'What this box is called and how it speaks to you.' },
  { key: 'capture', title: 'Capture', help: 'Where the traffic comes in and what counts as yours.' },
  { key: 'alerts', title: 'Alerts', help: 'How alerts are judged and kept.' },
  { key: 'plugins', title: 'Plugins', help: 'What plugins may use.' },
  { key: 'storage', title: 'Storage', help: 'How much is kept, and what may be written to the card.' },
  { key: 'notify', title: 'Notifications', help: 'When and how often destinations are told.' },
  { key: 'web', title: 'Page and API', help: 'Who may open this page, and how.' },
];

const isZone = (zone: string): boolean => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
};

export const SCHEMA = {
  name: text({
    section: 'general',
    title: 'Name',
    help: 'Shown in the top bar and in messages.',
    fallback: 'spanwatch',
    max: SETTINGS_LIMITS.name,
    check: (value) =>
      /^[\p{L}\p{N}][\p{L}\p{N} ._-]*$/u.test(value)
        ? undefined
        : 'must have 1 to 40 letters, digits, spaces, dots or dashes and begin with a letter or digit',
  }),
  language: choice({
    section: 'general',
    title: 'Language',
    help: 'Of this page and of the texts of alerts.',
    fallback: 'en',
    options: { en: 'English', de: 'Deutsch' },
  }),
  timeZone: text({
    section: 'general',
    title: 'Time zone',
    help: 'Such as Europe/Berlin. Empty: the one of the operating system.',
    fallback: '',
    max: 64,
    suggest: 'zones',
    check: (value) => (value === '' || isZone(value) ? undefined : 'must be a time zone such as Europe/Berlin'),
  }),
  interface: text({
    section: 'capture',
    title: 'Capture interface',
    help: 'The network port that is plugged into the mirror port, such as eth1.',
    fallback: '',
    applies: 'engine',
    max: SETTINGS_LIMITS.interface,
    mono: true,
    suggest: 'interfaces',
    check: (value) =>
      /^[A-Za-z0-9._:@-]*$/.test(value) && value !== '.' && value !== '..'
        ? undefined
        : 'must be the name of a network interface, such as eth1',
  }),
  localNetworks: lines({
    section: 'capture',
    title: 'Local networks',
    help: 'One per line, such as 192.168.1.0/24 or fd00::/8. What lies in them counts as yours.',
    fallback: [],
    most: SETTINGS_LIMITS.localNetworks,
    check: (entry) => (isCidr(entry) ? undefined : 'is not a network; write it as 192.168.1.0/24 or fd00::/8'),
  }),
  tunnels: lines({
    section: 'capture',
    title: 'Tunnels to look into',
    help: `One per line: ${Object.keys(TUNNEL_NAMES).join(', ')}, all or none. Others count as one flow between their ends. A mirror that a switch sends to this box in GRE, ERSPAN, VXLAN, Geneve or TZSP is always looked into.`,
    fallback: [...DEFAULT_TUNNELS],
    most: Object.keys(TUNNEL_NAMES).length,
    check: (entry) => (parseTunnels([entry]).bad.length === 0 ? undefined : 'is not a tunnel that can be looked into'),
  }),
  ownHosts: lines({
    section: 'capture',
    title: 'Applications by host name',
    help: 'One per line: a host name and the application it stands for, such as intranet.example.com GoogleDocs. Names below it count as well; =name is that name alone, maps.example.* and *-cdn.example.com stand for many.',
    fallback: [],
    most: OWN_HOSTS.lines,
    check: (entry) => ownHostFault(entry),
  }),
  devicePolicies: lines({
    section: 'capture',
    title: 'Protocols that devices should not speak',
    help: 'One device per line: aa:bb:cc:dd:ee:ff = printer: SSH, BitTorrent. The plugin on device protocols tells when one does.',
    fallback: [],
    most: 256,
    check: (entry) => {
      const policy = parsePolicy(entry);
      return typeof policy === 'string' ? policy : undefined;
    },
  }),
  syslogListen: text({
    section: 'capture',
    title: 'Syslog from other machines',
    help: 'Where lines come in for plugins that read logs, such as udp://0.0.0.0:5514 or tcp://0.0.0.0:5514. Empty: nowhere.',
    fallback: '',
    max: 80,
    mono: true,
    check: (value) =>
      value === '' || parseListen(value) ? undefined : 'must be written as udp://0.0.0.0:5514 or tcp://0.0.0.0:5514',
  }),
  syslogProducers: lines({
    section: 'capture',
    title: 'Whose lines go to which script',
    help: 'One per line: 192.168.1.5=suricata. A * instead of the address stands for any machine.',
    fallback: [],
    most: 64,
    check: (entry) =>
      /^\s*(\*|[0-9a-fA-F.:]+)\s*=\s*[\w.-]+\s*$/.test(entry) ? undefined : 'must be written as 192.168.1.5=suricata',
  }),
  listUrls: lines({
    section: 'plugins',
    title: 'Lists from the web',
    help: 'One address per line, such as https://lists.example.org/bad.txt: lists of bad addresses and names for the plugin “Listed addresses and names”. Fetched once a day; the last one stays in use while the Internet is away.',
    fallback: [],
    most: 20,
    check: (entry) => webAddressFault(entry),
  }),
  luaEngine: choice({
    section: 'plugins',
    title: 'What Lua runs on',
    help: 'Change this only to compare: fengari is a hundred times slower and counts with 32 bits.',
    fallback: 'wasm',
    applies: 'engine',
    options: { wasm: 'Lua 5.4 in WebAssembly', fengari: 'fengari, Lua 5.3 inside QuickJS' },
  }),
  writes: choice({
    section: 'storage',
    title: 'What may be written',
    help: 'An SD card dies of writes. In memory-only mode alerts, history and evidence are lost at a restart; settings are still written.',
    fallback: 'card',
    applies: 'restart',
    options: { card: 'Write to the card, sparingly', memory: 'Keep everything but settings in memory' },
  }),
  keepAlerts: bytes({
    section: 'storage',
    title: 'Alerts',
    help: 'The oldest past alerts go first when this is full. 96 MB hold 50,000; a box of less than 1.5 GB of memory keeps 20,000.',
    fallback: 96_000_000,
    applies: 'restart',
    min: 2_000_000,
    max: 256_000_000,
  }),
  keepHistory: bytes({
    section: 'storage',
    title: 'Traffic history',
    help: 'Charts of the last day, week and month. The oldest steps go first.',
    fallback: 32_000_000,
    applies: 'engine',
    min: 1_000_000,
    max: 1_000_000_000,
  }),
  keepEvidence: bytes({
    section: 'storage',
    title: 'Evidence',
    help: 'Packets around alerts, kept as capture files. The oldest files go first.',
    fallback: 100_000_000,
    applies: 'engine',
    min: 0,
    max: 10_000_000_000,
  }),
  notifyAgainHours: number({
    section: 'notify',
    title: 'Tell again after',
    help: 'An alert that goes on or comes back is told again after this time. 0: never.',
    fallback: 24,
    min: 0,
    max: 720,
    unit: 'hours',
  }),
  pageUrl: text({
    section: 'notify',
    title: 'Address of this page',
    help: 'As you open it, such as https://192.168.1.2. Messages link to it; empty: no links.',
    fallback: '',
    max: 200,
    check: (value) => (value === '' ? undefined : webAddressFault(value)),
  }),
  boxId: hidden<string>({
    title: 'Id of the box',
    help: 'Drawn at the first start; MQTT and webhooks tell boxes apart by it.',
    fallback: '',
    secret: false,
    wrong: (value) =>
      typeof value === 'string' && /^([0-9a-f]{12})?$/.test(value) ? undefined : 'must be 12 hex digits',
  }),
  destinations: hidden<Destination[]>({
    title: 'Destinations of notifications',
    help: 'Edited on the notifications page.',
    fallback: [],
    secret: true,
    wrong: destinationsFault,
  }),
  users: hidden<User[]>({
    title: 'Users',
    help: 'Everybody but the owner; edited on the users page.',
    fallback: [],
    secret: true,
    wrong: usersFault,
  }),
  tokens: hidden<ApiToken[]>({
    title: 'API tokens',
    help: 'Hashes of the tokens; edited on the users page.',
    fallback: [],
    secret: true,
    wrong: tokensFault,
  }),
  ownerTotp: hidden<string>({
    title: "The owner's secret of one-time codes",
    help: 'Empty: none are asked for.',
    fallback: '',
    secret: true,
    wrong: totpFault,
  }),
  passwordHash: hidden<string>({
    title: "The owner's password",
    help: 'A scrypt hash, empty until the first visit sets it.',
    fallback: '',
    secret: true,
    wrong: (value) => textFault(value, SETTINGS_LIMITS.passwordHash),
  }),
} as const;

type Held<F> = F extends Field<infer T> ? T : never;

/** Persistent settings, key by key of the table above. */
export type Settings = { -readonly [K in keyof typeof SCHEMA]: Held<(typeof SCHEMA)[K]> };
export type SettingsKey = keyof Settings;

/** The table with the types of its values forgotten, for those that walk it. */
export const SETTINGS_RULES = SCHEMA as unknown as { readonly [K in SettingsKey]: Field<unknown> };
export const SETTINGS_KEYS = Object.keys(SCHEMA) as SettingsKey[];

/** Keys of a section, in the order of the table. */
export const keysOf = (section: SettingsSection): SettingsKey[] =>
  SETTINGS_KEYS.filter((key) => SETTINGS_RULES[key].section === section);

export function defaultSettings(): Settings {
  const entries = SETTINGS_KEYS.map((key) => [key, structuredClone(SETTINGS_RULES[key].fallback)]);
  return Object.fromEntries(entries) as unknown as Settings;
}
