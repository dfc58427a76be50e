/** What handlers share: the appliance, the sessions, and what a request carries once the middleware list let it in. */
import type { DefaultContext, Middleware, ParameterizedContext } from 'koa';
import { type ApiToken, OWNER, type Role } from '../appliance/accounts.ts';
import type { AppliancePort } from '../appliance/port.ts';
import type { Assets } from './assets.ts';
import type { LoginLimiter } from './limits.ts';
import type { LiveHub } from './live-hub.ts';
import type { Upload } from './multipart.ts';
import type { Session, Sessions } from './sessions.ts';
import type { TotpCheck } from './totp.ts';

export { OWNER };

export interface Flash {
  ok: boolean;
  text: string;
}

/** Everything a page or an API handler may use. */
export interface Room {
  port: AppliancePort;
  sessions: Sessions;
  limiter: LoginLimiter;
  totp: TotpCheck;
  live: LiveHub;
  assets: Assets;
  /** One message per session, shown by its next page. */
  flashes: Map<string, Flash>;
}

export interface State {
  session: Session | undefined;
  /** The token of a program, instead of a session. */
  token: ApiToken | undefined;
  /** Of the session's account; undefined for strangers and programs. */
  role: Role | undefined;
  /** What form tokens of this request are bound to: the session, or a visitor's cookie before sign-in. */
  subject: string;
  /** Parsed body: fields of a form (several values = array) or a JSON object. */
  body: Record<string, unknown>;
  /** Uploaded files by field name, on the few paths that take them (middleware.ts, UPLOADS). */
  files: Map<string, Upload>;
}

export type AdminContext = ParameterizedContext<State, DefaultContext>;
export type AdminMiddleware = Middleware<State, DefaultContext>;
export type Handler = (ctx: AdminContext) => void | Promise<void>;

/** A refusal whose text the visitor may read. */
export class Refusal extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export const isApi = (ctx: AdminContext): boolean => ctx.path.startsWith('/api/');
/** Fragments that an open page fetches by itself. */
export const isLive = (ctx: AdminContext): boolean => ctx.path.startsWith('/live/');

/** One text field of the body, bounded; '' when it is missing or not a text. */
export function field(ctx: AdminContext, name: string, bound = 10_000): string {
  const value = ctx.state.body[name];
  const one: unknown = Array.isArray(value) ? value[0] : value;
  return typeof one === 'string' ? one.slice(0, bound) : '';
}

/** All texts of a field of the body, at most `bound`. */
export function fields(ctx: AdminContext, name: string, bound = 1000): string[] {
  const value = ctx.state.body[name];
  const list: unknown[] = Array.isArray(value) ? value : value === undefined ? [] : [value];
  return list.filter((v): v is string => typeof v === 'string' && v !== '').slice(0, bound);
}

/** One parameter of the address, bounded. */
export function query(ctx: AdminContext, name: string, bound = 200): string {
  const value = ctx.query[name];
  return (Array.isArray(value) ? (value[0] ?? '') : (value ?? '')).slice(0, bound);
}

/** A whole number of the address within bounds, or the fallback. */
export function queryNumber(ctx: AdminContext, name: string, fallback: number, min: number, max: number): number {
  const text = query(ctx, name, 20);
  const n = /^\d+$/.test(text) ? Number(text) : fallback;
  return Math.min(max, Math.max(min, n));
}

/** An address path with its parameters; empty ones are left out. */
export function link(path: string, params: Record<string, string | number | undefined> = {}): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(params)) {
    if (value !== undefined && value !== '') search.set(key, String(value));
  }
  const text = search.toString();
  return text === '' ? path : `${path}?${text}`;
}
