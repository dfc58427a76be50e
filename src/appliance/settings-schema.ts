/** Every persistent setting: its default, what is accepted, and whether a change needs the engine to start anew. */
import { isIP } from 'node:net';
import type { Settings } from './port.ts';

/** Raised when an older product would misread the file; migrations bring older files up. */
export const SETTINGS_VERSION = 1;

/** Bounds of the settings, one reason each. */
export const SETTINGS_LIMITS = {
  /** Characters of the appliance's name: it stands in page titles and exports. */
  name: 63,
  /** IFNAMSIZ less the NUL (linux/if.h). */
  interface: 15,
  /** CIDRs; a site with more would list its aggregates. */
  localNetworks: 256,
  passwordHash: 512,
} as const;

interface Rule<T> {
  fallback: T;
  /** Undefined when the value is fine, else what is wrong with it and what is expected. */
  wrong(value: unknown): string | undefined;
  /** live: takes effect at once. engine: the engine is started anew. */
  applies: 'live' | 'engine';
}

const text = (value: unknown, most: number): string | undefined =>
  typeof value !== 'string'
    ? 'must be a text'
    : value.length > most
      ? `must not be longer than ${most} characters`
      : /\p{Cc}/u.test(value)
        ? 'must not contain control characters'
        : undefined;

/** True for "192.168.1.0/24", "fd00::/8" and single addresses. */
export function isCidr(value: string): boolean {
  const [address = '', bits, ...rest] = value.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  if (bits === undefined) return true;
  return /^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128);
}

function networks(value: unknown): string | undefined {
  if (!Array.isArray(value)) return 'must be a list of networks such as 192.168.1.0/24';
  if (value.length > SETTINGS_LIMITS.localNetworks)
    return `must not have more than ${SETTINGS_LIMITS.localNetworks} entries`;
  const bad = value.find((item) => typeof item !== 'string' || !isCidr(item));
  return bad === undefined
    ? undefined
    : `${JSON.stringify(bad)} is not a network; write it as 192.168.1.0/24 or fd00::/8`;
}

export const SETTINGS_RULES: { [K in keyof Settings]: Rule<Settings[K]> } = {
  name: {
    fallback: 'spanwatch',
    applies: 'live',
    wrong: (value) => (value === '' ? 'must not be empty' : text(value, SETTINGS_LIMITS.name)),
  },
  interface: {
    fallback: '',
    applies: 'engine',
    wrong: (value) =>
      text(value, SETTINGS_LIMITS.interface) ??
      (/^[^\s/]*$/.test(value as string) ? undefined : 'must be the name of a network interface, such as eth1'),
  },
  localNetworks: { fallback: [], applies: 'live', wrong: networks },
  language: {
    fallback: 'en',
    applies: 'live',
    wrong: (value) =>
      typeof value === 'string' && /^[a-z]{2}(-[A-Z]{2})?$/.test(value)
        ? undefined
        : 'must be a language such as en or de',
  },
  passwordHash: { fallback: '', applies: 'live', wrong: (value) => text(value, SETTINGS_LIMITS.passwordHash) },
};

export const SETTINGS_KEYS = Object.keys(SETTINGS_RULES) as (keyof Settings)[];

export function defaultSettings(): Settings {
  const entries = SETTINGS_KEYS.map((key) => [key, structuredClone(SETTINGS_RULES[key].fallback)]);
  return Object.fromEntries(entries) as unknown as Settings;
}
