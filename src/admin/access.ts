/**
 * Who may do what, in one place. Viewers see; what changes anything, and what tells secrets of the box or of its people,
 * is the administrators'. Tokens have scopes and never touch accounts.
 */
import type { Role, TokenScope } from '../appliance/accounts.ts';

/** Pages and routes that only administrators open, by path prefix. */
const ADMIN_ONLY = [
  '/settings',
  '/welcome',
  '/api/v1/settings',
  '/api/v1/notifications',
  '/api/v1/users',
  '/api/v1/tokens',
  '/api/v1/backup',
  '/api/v1/restore',
  '/api/v1/restart',
  '/api/v1/network',
  '/api/v1/certificate',
  '/api/v1/update',
  '/api/v1/logs',
  '/api/v1/factory-reset',
  '/api/v1/ports',
  '/api/v1/recipients',
];
/** What viewers may open below them, and what they may post: their own account. */
const OWN_ACCOUNT = ['/settings/account', '/settings/password', '/settings/sessions', '/settings/totp'];
const OWN_POSTS = [...OWN_ACCOUNT, '/logout', '/api/v1/password', '/api/v1/sessions', '/api/v1/totp'];
/** What programs never do: accounts, and what belongs to a person's session. */
const NO_TOKENS = [
  '/api/v1/session',
  '/api/v1/sessions',
  '/api/v1/password',
  '/api/v1/users',
  '/api/v1/tokens',
  '/api/v1/totp',
  '/api/v1/factory-reset',
];
/** Changes that scope `act` does not make. */
const NOT_ACT = [...ADMIN_ONLY, '/api/v1/workshop'];

const below = (path: string, prefixes: readonly string[]): boolean =>
  prefixes.some((p) => path === p || path.startsWith(`${p}/`));

const safe = (method: string): boolean => method === 'GET' || method === 'HEAD';

/** True when somebody of this role may send this request. */
export function roleMay(role: Role, method: string, path: string): boolean {
  if (role === 'admin') return true;
  if (!safe(method)) return below(path, OWN_POSTS);
  return !below(path, ADMIN_ONLY) || below(path, OWN_ACCOUNT);
}

/** True when a token of this scope may send this request. Pages are not for programs. */
export function tokenMay(scope: TokenScope, method: string, path: string): boolean {
  if (path === '/metrics') return safe(method);
  if (scope === 'metrics' || !path.startsWith('/api/v1/') || below(path, NO_TOKENS)) return false;
  if (scope === 'admin') return true;
  if (scope === 'act') return safe(method) ? roleMay('viewer', method, path) : !below(path, NOT_ACT);
  return roleMay('viewer', method, path) && safe(method);
}
