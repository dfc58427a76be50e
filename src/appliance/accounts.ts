/** People and programs that may open the page and the API. The owner is always there; the others are in the settings. */
import { createHash, randomBytes } from 'node:crypto';
import type { Settings } from './settings-schema.ts';

/** The owner's name; the sign-in form names it for password managers. */
export const OWNER = 'admin';

/** viewer: sees, and acknowledges nothing. */
export type Role = 'admin' | 'viewer';

export interface User {
  name: string;
  role: Role;
  /** scrypt, see admin/password.ts. */
  passwordHash: string;
  /** Base32 secret of one-time codes (RFC 6238), "" = none. */
  totp: string;
  createdMs: number;
}

/** metrics: /metrics alone. read: what a viewer sees. act: also alerts, exclusions, scripts, plugins. admin: also settings. */
export const TOKEN_SCOPES = ['metrics', 'read', 'act', 'admin'] as const;
export type TokenScope = (typeof TOKEN_SCOPES)[number];

export interface ApiToken {
  id: string;
  name: string;
  /** SHA-256 of the token, base64url: 256 random bits need no slow hash. */
  hash: string;
  scope: TokenScope;
  createdMs: number;
}

/** Bounds of accounts, one reason each. */
export const ACCOUNT_LIMITS = {
  /** A family or an office's administrators; each is a line of the settings file. */
  users: 20,
  tokens: 20,
  name: 32,
  tokenName: 60,
} as const;

type Fields = { [key: string]: unknown };
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isTime = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value) && value >= 0;

/** Undefined for a user name that can be given, else what is wrong. */
export function userNameFault(name: unknown): string | undefined {
  return typeof name === 'string' && /^[a-z][a-z0-9._-]{0,31}$/.test(name)
    ? undefined
    : 'must begin with a small letter and have at most 32 small letters, digits, dots, dashes';
}

export function usersFault(value: unknown): string | undefined {
  if (!Array.isArray(value)) return 'must be a list of users';
  if (value.length > ACCOUNT_LIMITS.users) return `must not have more than ${ACCOUNT_LIMITS.users} users`;
  const names = new Set<unknown>([OWNER]);
  for (const u of value as unknown[]) {
    if (!isFields(u)) return 'must be a list of users';
    const fault = userNameFault(u['name']);
    if (fault !== undefined) return `has a user whose name ${fault}`;
    if (names.has(u['name'])) return 'must not have two users of one name';
    names.add(u['name']);
    if (u['role'] !== 'admin' && u['role'] !== 'viewer') return 'has a user who is neither admin nor viewer';
    const { passwordHash, totp } = u;
    if (typeof passwordHash !== 'string' || !/^scrypt\$[\w$-]{20,300}$/.test(passwordHash))
      return 'has a user without a password';
    if (totpFault(totp) !== undefined || !isTime(u['createdMs'])) return 'has a user that cannot be read';
  }
  return undefined;
}

export function totpFault(value: unknown): string | undefined {
  return typeof value === 'string' && /^([A-Z2-7]{32})?$/.test(value) ? undefined : 'must be a base32 secret';
}

export function tokensFault(value: unknown): string | undefined {
  if (!Array.isArray(value)) return 'must be a list of tokens';
  if (value.length > ACCOUNT_LIMITS.tokens) return `must not have more than ${ACCOUNT_LIMITS.tokens} tokens`;
  for (const k of value as unknown[]) {
    if (!isFields(k)) return 'must be a list of tokens';
    const { id, name, hash, scope } = k;
    if (typeof id !== 'string' || !/^[a-z0-9]{8}$/.test(id)) return 'has a token without an id';
    if (typeof name !== 'string' || name === '' || name.length > ACCOUNT_LIMITS.tokenName || /\p{Cc}/u.test(name))
      return 'has a token without a name';
    if (typeof hash !== 'string' || !/^[\w-]{43}$/.test(hash)) return 'has a token without a hash';
    if (!TOKEN_SCOPES.includes(scope as TokenScope)) return 'has a token with an unknown scope';
    if (!isTime(k['createdMs'])) return 'has a token that cannot be read';
  }
  return undefined;
}

/** All accounts, the owner first. */
export function accounts(settings: Readonly<Settings>): User[] {
  const owner: User = {
    name: OWNER,
    role: 'admin',
    passwordHash: settings.passwordHash,
    totp: settings.ownerTotp,
    createdMs: 0,
  };
  return [owner, ...settings.users];
}

export const accountOf = (settings: Readonly<Settings>, name: string): User | undefined =>
  accounts(settings).find((u) => u.name === name);

/** The settings' change that puts a new password or one-time secret to an account. */
export function changeAccount(
  settings: Readonly<Settings>,
  name: string,
  change: Partial<Pick<User, 'passwordHash' | 'totp' | 'role'>>,
): Partial<Settings> {
  if (name !== OWNER) return { users: settings.users.map((u) => (u.name === name ? { ...u, ...change } : u)) };
  return {
    ...(change.passwordHash === undefined ? {} : { passwordHash: change.passwordHash }),
    ...(change.totp === undefined ? {} : { ownerTotp: change.totp }),
  };
}

const PREFIX = 'spw_';
const hashOf = (token: string): string => createHash('sha256').update(token).digest('base64url');

/** A new token: `text` is shown once, the rest is kept. */
export function makeToken(name: string, scope: TokenScope, nowMs: number): { text: string; token: ApiToken } {
  const text = PREFIX + randomBytes(32).toString('base64url');
  const id = randomBytes(8).toString('hex').slice(0, 8);
  return { text, token: { id, name, hash: hashOf(text), scope, createdMs: nowMs } };
}

/** The token of an Authorization header; compared by its hash, so that time tells nothing of the token. */
export function tokenOf(settings: Readonly<Settings>, authorization: string): ApiToken | undefined {
  const text = /^Bearer (spw_[\w-]{43})$/.exec(authorization)?.[1];
  if (text === undefined) return undefined;
  const hash = hashOf(text);
  return settings.tokens.find((k) => k.hash === hash);
}
