/**
 * The security story, in order. Each step is small and named; `middlewareList` is the list that runs and that its test
 * reads. What stands above `loadSession` is answered to anybody, what stands below `requireSession` to the owner alone.
 */
import { randomBytes } from 'node:crypto';
import { Stream } from 'node:stream';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { bodyParser } from '@koa/bodyparser';
import { accountOf, tokenOf } from '../appliance/accounts.ts';
import { BACKUP_LIMITS } from '../appliance/backup.ts';
import { log } from '../log.ts';
import { roleMay, tokenMay } from './access.ts';
import { isLocalAddress, isLocalName, plainAddress } from './address.ts';
import { type AdminContext, type AdminMiddleware, isApi, isLive, Refusal, type Room } from './context.ts';
import { readCookie, visitor } from './cookies.ts';
import { type TextKey, t } from './i18n.ts';
import { errorPage } from './layout.ts';
import { boundaryOf, parseMultipart } from './multipart.ts';
import { WORKSHOP_UPLOADS } from './pages/workshop.ts';

export const BOUNDS = {
  /** Characters of path and query. */
  url: 4096,
  /** Bytes of a body before sign-in: a password form. */
  strangerBody: 4096,
  /** Bytes of a body after it: an allow list of ten thousand addresses fits. */
  body: 512 * 1024,
} as const;

/** Paths that take files, with the bytes each takes at the most; anywhere else a form with files is refused. */
export const UPLOADS: { readonly [path: string]: number } = {
  '/settings/backup/restore': BACKUP_LIMITS.text,
  ...WORKSHOP_UPLOADS,
};

const SAFE = new Set(['GET', 'HEAD']);
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']);
const zip = promisify(gzip);

function statusText(status: number): string {
  const known: Record<number, TextKey> = {
    400: 'error.400',
    401: 'error.401',
    403: 'error.403',
    404: 'error.404',
    405: 'error.405',
    413: 'error.413',
    414: 'error.414',
    415: 'error.415',
    429: 'error.429',
    503: 'error.503',
  };
  return t(known[status] ?? (status < 500 ? 'error.400' : 'error.500'));
}

function answer(room: Room, ctx: AdminContext, status: number, text: string): void {
  ctx.status = status;
  ctx.set('Cache-Control', 'no-store');
  // What was refused unread must not be taken for the next request.
  if (status === 413) ctx.set('Connection', 'close');
  if (isApi(ctx)) ctx.body = { error: text };
  else if (isLive(ctx)) ctx.body = text;
  else errorPage(room, ctx, status, text);
}

/** Nothing of an error but a sentence of ours leaves the house; the rest goes to the log under an id. */
function answerErrors(room: Room): AdminMiddleware {
  return async (ctx, next) => {
    try {
      await next();
      if (ctx.status === 404 && (ctx.body === undefined || ctx.body === null)) answer(room, ctx, 404, statusText(404));
      else if (ctx.status === 405 || ctx.status === 501) answer(room, ctx, 405, statusText(405));
    } catch (error) {
      if (error instanceof Refusal) return answer(room, ctx, error.status, error.message);
      const status = (error as { status?: unknown }).status;
      if (typeof status === 'number' && status >= 400 && status < 500)
        return answer(room, ctx, status, statusText(status));
      const id = randomBytes(4).toString('hex');
      const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
      log('error', 'admin', `${ctx.method} ${ctx.path} failed (${id}): ${what}`);
      answer(room, ctx, 500, t('error.500.id', { id }));
    }
  };
}

function securityHeaders(): AdminMiddleware {
  const policy = [
    "default-src 'self'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
  return (ctx, next) => {
    ctx.set({
      'Content-Security-Policy': policy,
      'X-Content-Type-Options': 'nosniff',
      'X-Frame-Options': 'DENY',
      // Nothing goes to other sites. "no-referrer" would make browsers send "Origin: null" with our own forms, and over
      // plain HTTP the Origin is all there is to check: Fetch Metadata comes with HTTPS only.
      'Referrer-Policy': 'same-origin',
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Resource-Policy': 'same-origin',
      'Permissions-Policy': 'camera=(), microphone=(), geolocation=(), payment=(), usb=()',
      'Cache-Control': 'no-store',
    });
    return next();
  };
}

function boundRequest(): AdminMiddleware {
  return (ctx, next) => {
    if (ctx.url.length > BOUNDS.url) throw new Refusal(414, statusText(414));
    if (!METHODS.has(ctx.method)) throw new Refusal(405, statusText(405));
    return next();
  };
}

/** Pages shrink to a fifth; assets come compressed from memory and pass through. */
function compress(): AdminMiddleware {
  return async (ctx, next) => {
    await next();
    if (ctx.body instanceof Stream) return;
    if (typeof ctx.body === 'object' && ctx.body !== null && !Buffer.isBuffer(ctx.body) && isApi(ctx)) {
      ctx.body = JSON.stringify(ctx.body);
      ctx.type = 'application/json; charset=utf-8';
    }
    if (typeof ctx.body !== 'string' || ctx.body.length < 1024 || ctx.method === 'HEAD') return;
    ctx.vary('Accept-Encoding');
    if (ctx.acceptsEncodings('gzip', 'identity') !== 'gzip') return;
    ctx.body = await zip(ctx.body, { level: 4 });
    ctx.set('Content-Encoding', 'gzip');
  };
}

/** For a load balancer or a watchdog: one word, no figures. */
function healthz(room: Room): AdminMiddleware {
  return (ctx, next) => {
    if (ctx.path !== '/healthz') return next();
    const ok = room.port.health.parts().every((p) => p.ok);
    ctx.status = ok ? 200 : 503;
    ctx.type = 'text/plain';
    ctx.body = ok ? 'ok\n' : 'not ok\n';
    return undefined;
  };
}

function serveAssets(room: Room): AdminMiddleware {
  return (ctx, next) => {
    const found = SAFE.has(ctx.method) ? room.assets.find(ctx.path) : undefined;
    if (found === undefined) return next();
    const { file, immutable } = found;
    ctx.set('Cache-Control', immutable ? 'public, max-age=31536000, immutable' : 'no-cache');
    ctx.set('ETag', file.etag);
    ctx.vary('Accept-Encoding');
    ctx.status = 200;
    if (ctx.fresh) {
      ctx.status = 304;
      return undefined;
    }
    const encoding = ctx.acceptsEncodings('br', 'gzip', 'identity');
    ctx.type = file.type;
    if (encoding === 'br' || encoding === 'gzip') ctx.set('Content-Encoding', encoding);
    ctx.body = encoding === 'br' ? file.brotli : encoding === 'gzip' ? file.gzip : file.plain;
    return undefined;
  };
}

/** Until a password is set: only from this network (the socket says), only under a name that a stranger cannot own. */
function localUntilPassword(room: Room): AdminMiddleware {
  return (ctx, next) => {
    const settings = room.port.settings.get();
    if (settings.passwordHash !== '') return next();
    if (!isLocalAddress(ctx.req.socket.remoteAddress)) {
      log(
        'warn',
        'admin',
        `refused ${plainAddress(ctx.req.socket.remoteAddress)}: no password is set and it is not on a local network`,
      );
      throw new Refusal(403, t('error.not_local'));
    }
    if (!isLocalName(ctx.req.headers.host, settings.name)) throw new Refusal(403, t('error.host_name'));
    return next();
  };
}

/** What changes something must come from a page of ours: Fetch Metadata where the browser sends it, Origin always. */
function checkOrigin(): AdminMiddleware {
  return (ctx, next) => {
    if (SAFE.has(ctx.method)) return next();
    const site = ctx.get('Sec-Fetch-Site');
    if (site !== '' && site !== 'same-origin') throw new Refusal(403, t('error.origin'));
    const origin = ctx.get('Origin');
    if (origin !== '' && !sameOrigin(origin, ctx.get('Host'))) throw new Refusal(403, t('error.origin'));
    return next();
  };
}

function sameOrigin(origin: string, host: string): boolean {
  try {
    const url = new URL(origin);
    return /^https?:$/.test(url.protocol) && url.host === new URL(`${url.protocol}//${host}`).host;
  } catch {
    return false;
  }
}

function loadSession(room: Room): AdminMiddleware {
  return (ctx, next) => {
    const settings = room.port.settings.get();
    const session = room.sessions.find(readCookie(ctx, 'session'), !isLive(ctx));
    const account = session === undefined ? undefined : accountOf(settings, session.user);
    ctx.state.session = account === undefined ? undefined : session;
    ctx.state.role = account?.role;
    // A browser of another site cannot send this header without asking first, and nobody answers that question.
    const authorization = ctx.get('Authorization');
    ctx.state.token = authorization === '' ? undefined : tokenOf(settings, authorization);
    if (authorization !== '' && ctx.state.token === undefined) throw new Refusal(401, t('error.token_unknown'));
    ctx.state.body = {};
    ctx.state.files = new Map();
    ctx.state.subject = '';
    return next();
  };
}

const OPEN_PATHS = new Set(['/login', '/setup']);

/** Sends the first visit to the password page and strangers to sign-in. */
function requireSession(room: Room): AdminMiddleware {
  return (ctx, next) => {
    const fresh = room.port.settings.get().passwordHash === '';
    const { token } = ctx.state;
    if (token !== undefined && !fresh) {
      if (!tokenMay(token.scope, ctx.method, ctx.path)) throw new Refusal(403, t('error.scope'));
      ctx.state.session = undefined;
      ctx.state.role = undefined;
      ctx.state.subject = `token:${token.id}`;
      return next();
    }
    if (ctx.state.session !== undefined && !fresh) {
      ctx.state.subject = `session:${ctx.state.session.hash}`;
      return next();
    }
    ctx.state.session = undefined;
    ctx.state.role = undefined;
    if (OPEN_PATHS.has(ctx.path)) {
      ctx.state.subject = `visitor:${visitor(ctx)}`;
      return next();
    }
    if (isApi(ctx) || isLive(ctx) || ctx.path === '/metrics')
      throw new Refusal(401, t(fresh ? 'error.no_password' : 'error.401'));
    const wanted = SAFE.has(ctx.method) && ctx.path !== '/' ? `?next=${encodeURIComponent(ctx.url)}` : '';
    ctx.status = 303;
    ctx.redirect(fresh ? '/setup' : `/login${wanted}`);
    return undefined;
  };
}

/** Viewers see; administrators change. */
function checkRole(): AdminMiddleware {
  return (ctx, next) => {
    const { role } = ctx.state;
    if (role !== undefined && !roleMay(role, ctx.method, ctx.path)) throw new Refusal(403, t('error.role'));
    return next();
  };
}

/** A form as sent, flat: the usual parsers fold dots, brackets and long lists into objects of their own making. */
function formFields(text: string): Record<string, unknown> {
  const out = Object.create(null) as Record<string, string | string[]>;
  for (const [name, sent] of new URLSearchParams(text)) {
    // Browsers end the lines of a text area with CR LF.
    const value = sent.replace(/\r\n?/g, '\n');
    const had = out[name];
    if (had === undefined) out[name] = value;
    else if (Array.isArray(had)) had.push(value);
    else out[name] = [had, value];
  }
  return out;
}

/** The whole body, or a refusal once it is larger than `most`. */
async function readAll(ctx: AdminContext, most: number): Promise<Buffer> {
  if (Number(ctx.get('Content-Length') || 0) > most) throw new Refusal(413, statusText(413));
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of ctx.req as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > most) throw new Refusal(413, statusText(413));
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

/** Files of a form, on the paths that take them. */
async function readUpload(ctx: AdminContext): Promise<void> {
  const most = Object.hasOwn(UPLOADS, ctx.path) && ctx.method === 'POST' ? UPLOADS[ctx.path]! : undefined;
  const boundary = boundaryOf(ctx.get('Content-Type'));
  if (most === undefined || boundary === undefined || ctx.state.session === undefined)
    throw new Refusal(415, statusText(415));
  const form = parseMultipart(await readAll(ctx, most), boundary);
  if (form === undefined) throw new Refusal(400, statusText(400));
  ctx.state.body = form.fields;
  ctx.state.files = form.files;
}

/** Forms and JSON, bounded: little before sign-in, more after. */
function parseBody(): AdminMiddleware {
  const make = (limit: number): ReturnType<typeof bodyParser> =>
    bodyParser({
      enableTypes: ['json', 'text'],
      extendTypes: { text: ['application/x-www-form-urlencoded'] },
      jsonLimit: limit,
      textLimit: limit,
      parsedMethods: ['POST', 'PUT', 'PATCH', 'DELETE'],
    });
  const small = make(BOUNDS.strangerBody);
  const large = make(BOUNDS.body);
  /** A backup as JSON. */
  const huge = make(BACKUP_LIMITS.text * 1.1);
  return async (ctx, next) => {
    if (!SAFE.has(ctx.method) && ctx.is('multipart/form-data')) {
      await readUpload(ctx);
      return next();
    }
    const known = ctx.state.session !== undefined || ctx.state.token !== undefined;
    const parse = !known ? small : ctx.path === '/api/v1/restore' ? huge : large;
    await parse(ctx as unknown as Parameters<typeof parse>[0], async () => {
      const body = (ctx.request as { body?: unknown }).body;
      if (typeof body === 'string' && ctx.is('urlencoded')) ctx.state.body = formFields(body);
      else if (typeof body === 'object' && body !== null && !Array.isArray(body)) {
        ctx.state.body = body as Record<string, unknown>;
      }
      await next();
    });
  };
}

/** Every change carries the token of its session: a field of a form, a header of a script. */
function checkToken(room: Room): AdminMiddleware {
  return (ctx, next) => {
    // A token in a header is not sent by itself, as a cookie is.
    if (SAFE.has(ctx.method) || ctx.state.token !== undefined) return next();
    const header = ctx.get('X-CSRF-Token');
    const given = header !== '' ? header : ctx.state.body['_token'];
    if (!room.sessions.tokenFits(ctx.state.subject, given)) throw new Refusal(403, t('error.token'));
    delete ctx.state.body['_token'];
    return next();
  };
}

export interface NamedMiddleware {
  name: string;
  run: AdminMiddleware;
}

export function middlewareList(room: Room): NamedMiddleware[] {
  return [
    { name: 'securityHeaders', run: securityHeaders() },
    { name: 'compress', run: compress() },
    { name: 'answerErrors', run: answerErrors(room) },
    { name: 'boundRequest', run: boundRequest() },
    { name: 'healthz', run: healthz(room) },
    { name: 'serveAssets', run: serveAssets(room) },
    { name: 'localUntilPassword', run: localUntilPassword(room) },
    { name: 'checkOrigin', run: checkOrigin() },
    { name: 'loadSession', run: loadSession(room) },
    { name: 'requireSession', run: requireSession(room) },
    { name: 'checkRole', run: checkRole() },
    { name: 'parseBody', run: parseBody() },
    { name: 'checkToken', run: checkToken(room) },
  ];
}
