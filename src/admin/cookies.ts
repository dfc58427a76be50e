/** The two cookies. Over HTTPS they carry the __Host- prefix (RFC 6265bis 4.1.3.2): no other host or path can set them. */
import { randomBytes } from 'node:crypto';
import type { AdminContext } from './context.ts';

type Kind = 'session' | 'visitor';

export function encrypted(ctx: AdminContext): boolean {
  return (ctx.req.socket as { encrypted?: boolean }).encrypted === true;
}

export function cookieName(kind: Kind, https: boolean): string {
  const name = kind === 'session' ? 'spanwatch' : 'spanwatch_visitor';
  return https ? `__Host-${name}` : name;
}

export function readCookie(ctx: AdminContext, kind: Kind): string | undefined {
  return ctx.cookies.get(cookieName(kind, encrypted(ctx)), { signed: false });
}

export function setCookie(ctx: AdminContext, kind: Kind, value: string, maxAgeMs: number | undefined): void {
  const secure = encrypted(ctx);
  ctx.cookies.set(cookieName(kind, secure), value, {
    httpOnly: true,
    sameSite: 'strict',
    path: '/',
    secure,
    signed: false,
    overwrite: true,
    ...(maxAgeMs === undefined ? {} : { maxAge: maxAgeMs }),
  });
}

export function dropCookie(ctx: AdminContext, kind: Kind): void {
  setCookie(ctx, kind, '', 0);
}

/** The visitor's id, made when there is none: what form tokens hang on before sign-in. */
export function visitor(ctx: AdminContext): string {
  const had = readCookie(ctx, 'visitor');
  if (had !== undefined && /^[\w-]{22}$/.test(had)) return had;
  const id = randomBytes(16).toString('base64url');
  setCookie(ctx, 'visitor', id, undefined);
  return id;
}
