/** First visit, sign-in, sign-out. */
import type Router from '@koa/router';
import { accountOf, accounts, type User } from '../../appliance/accounts.ts';
import { log } from '../../log.ts';
import { addressKey, plainAddress } from '../address.ts';
import { notice, textInput } from '../components.ts';
import { type AdminContext, field, OWNER, query, type Room, type State } from '../context.ts';
import { dropCookie, setCookie } from '../cookies.ts';
import { type Html, html } from '../html.ts';
import { type TextKey, t } from '../i18n.ts';
import { renderDoor, tokenField } from '../layout.ts';
import {
  BusyError,
  hashPassword,
  MAX_LENGTH,
  MIN_LENGTH,
  type PasswordFault,
  passwordFault,
  verifyPassword,
} from '../password.ts';

const SESSION_COOKIE_MS = 30 * 86_400_000;

export function ownNames(room: Room): string[] {
  return [t('product'), room.port.settings.get().name, OWNER];
}

export function faultText(fault: PasswordFault): string {
  return t(`password.${fault}` as TextKey, { min: MIN_LENGTH, max: MAX_LENGTH });
}

/** Two password boxes; the script beside them shows the strength while one types. */
export function newPasswordFields(
  labels: { first: TextKey; second: TextKey },
  errors: { first?: string; second?: string },
): Html {
  const box = { type: 'password', autocomplete: 'new-password', required: true, maxlength: MAX_LENGTH };
  return html`${textInput(
    { id: 'password', label: t(labels.first), hint: t('setup.hint', { min: MIN_LENGTH }), error: errors.first },
    'password',
    '',
    box,
  )}<div class="strength" id="strength" data-for="password" hidden><meter min="0" max="4" value="0" aria-label="${t('setup.strength')}"></meter><span aria-live="polite" data-0="${t('setup.strength.0')}" data-1="${t('setup.strength.1')}" data-2="${t('setup.strength.2')}" data-3="${t('setup.strength.3')}" data-4="${t('setup.strength.4')}"></span></div>
${textInput({ id: 'again', label: t(labels.second), error: errors.second }, 'again', '', box)}`;
}

/** Names the owner for password managers; where there are other accounts, it asks. */
const userField = (): Html =>
  html`<input type="text" name="username" value="${OWNER}" autocomplete="username" class="unseen" tabindex="-1" aria-hidden="true" readonly>`;

function setupPage(room: Room, ctx: AdminContext, errors: { first?: string; second?: string } = {}): void {
  renderDoor(
    room,
    ctx,
    t('setup.title'),
    html`<p>${t('setup.lead')}</p><form method="post" action="/setup">${tokenField(room, ctx)}${userField()}${newPasswordFields(
      { first: 'setup.new', second: 'setup.again' },
      errors,
    )}<button class="primary wide">${t('setup.submit')}</button></form>`,
  );
}

function loginPage(room: Room, ctx: AdminContext, next: string, error?: string): void {
  const all = accounts(room.port.settings.get());
  renderDoor(
    room,
    ctx,
    t('login.title'),
    html`${query(ctx, 'out') !== '' && error === undefined ? notice('info', t('login.ended')) : null}<form method="post" action="/login" id="login">${tokenField(room, ctx)}<input type="hidden" name="next" value="${next}">${
      all.length > 1
        ? textInput({ id: 'username', label: t('login.user') }, 'username', field(ctx, 'username', 40) || OWNER, {
            autocomplete: 'username',
            required: true,
            maxlength: 40,
          })
        : userField()
    }${textInput({ id: 'password', label: t('login.password'), error }, 'password', '', {
      type: 'password',
      autocomplete: 'current-password',
      required: true,
      maxlength: MAX_LENGTH,
    })}${
      all.some((u) => u.totp !== '')
        ? textInput({ id: 'code', label: t('login.code'), hint: t('login.code.hint') }, 'code', '', {
            autocomplete: 'one-time-code',
            inputmode: 'numeric',
            maxlength: 10,
          })
        : null
    }<button class="primary wide">${t('login.submit')}</button></form>`,
  );
}

/** A path of this site, or the overview. */
export function safeNext(next: string): string {
  if (!next.startsWith('/') || /[\\\p{Cc}]/u.test(next)) return '/';
  const base = 'http://here.invalid';
  try {
    const url = new URL(next, base);
    if (url.origin !== base || /^\/(login|logout|setup|live)\b/.test(url.pathname)) return '/';
    return url.pathname + url.search;
  } catch {
    return '/';
  }
}

async function begin(room: Room, ctx: AdminContext, next: string, user: string): Promise<void> {
  const address = plainAddress(ctx.req.socket.remoteAddress);
  const id = await room.sessions.create(user, address, ctx.get('User-Agent'));
  setCookie(ctx, 'session', id, SESSION_COOKIE_MS);
  dropCookie(ctx, 'visitor');
  ctx.status = 303;
  ctx.redirect(next);
}

function codeFits(room: Room, ctx: AdminContext, account: User): boolean {
  return account.totp === '' || room.totp.fits(account.name, account.totp, field(ctx, 'code', 20), Date.now());
}

export function doorRoutes(router: Router<State>, room: Room): void {
  let settingPassword = false;

  router.get('/setup', (ctx) => {
    if (room.port.settings.get().passwordHash !== '') return ctx.redirect('/login');
    setupPage(room, ctx);
  });

  router.post('/setup', async (ctx) => {
    if (room.port.settings.get().passwordHash !== '') return ctx.redirect('/login');
    const password = field(ctx, 'password', MAX_LENGTH + 1);
    const fault = passwordFault(password, ownNames(room));
    if (fault !== undefined) {
      ctx.status = 422;
      return setupPage(room, ctx, { first: faultText(fault) });
    }
    if (password !== field(ctx, 'again', MAX_LENGTH + 1)) {
      ctx.status = 422;
      return setupPage(room, ctx, { second: t('password.differ') });
    }
    // Of two that come at once the first wins; the other must sign in.
    if (settingPassword) return ctx.redirect('/login');
    settingPassword = true;
    try {
      // A password that was reset takes the one-time codes with it: who lost both is let in again.
      await room.port.settings.update({ passwordHash: await hashPassword(password), ownerTotp: '' });
    } finally {
      settingPassword = false;
    }
    log('info', 'admin', `password set from ${plainAddress(ctx.req.socket.remoteAddress)}`);
    await begin(room, ctx, '/welcome/port', OWNER);
  });

  router.get('/login', (ctx) => {
    const next = safeNext(query(ctx, 'next', 1000));
    if (room.port.settings.get().passwordHash === '') return ctx.redirect('/setup');
    if (ctx.state.session !== undefined) return ctx.redirect(next);
    loginPage(room, ctx, next);
  });

  router.post('/login', async (ctx) => {
    const next = safeNext(field(ctx, 'next', 1000));
    const stored = room.port.settings.get().passwordHash;
    if (stored === '') return ctx.redirect('/setup');
    const address = plainAddress(ctx.req.socket.remoteAddress);
    const key = addressKey(address);
    const name = field(ctx, 'username', 40).trim().toLowerCase() || OWNER;
    const wait = room.limiter.begin(key, name, room.sessions.knows(address));
    if (wait > 0) {
      const seconds = Math.ceil(wait / 1000);
      ctx.status = 429;
      ctx.set('Retry-After', String(seconds));
      return loginPage(room, ctx, next, t('login.wait', { n: seconds }));
    }
    const account = accountOf(room.port.settings.get(), name);
    try {
      // An unknown name costs the same time as a wrong password.
      const right = await verifyPassword(field(ctx, 'password', MAX_LENGTH + 1), account?.passwordHash ?? '');
      if (right && account !== undefined && codeFits(room, ctx, account)) {
        room.limiter.succeeded(key);
        return await begin(room, ctx, next, account.name);
      }
    } catch (error) {
      if (!(error instanceof BusyError)) throw error;
      ctx.status = 503;
      return loginPage(room, ctx, next, t('login.busy'));
    }
    log('warn', 'admin', `wrong password from ${address}`);
    ctx.status = 401;
    const many = accounts(room.port.settings.get()).length > 1;
    const codes = accounts(room.port.settings.get()).some((u) => u.totp !== '');
    loginPage(room, ctx, next, t(codes ? 'login.wrong.code' : many ? 'login.wrong.user' : 'login.wrong'));
  });

  router.post('/logout', async (ctx) => {
    if (ctx.state.session !== undefined) {
      room.flashes.delete(ctx.state.session.hash);
      await room.sessions.revoke(ctx.state.session.hash);
    }
    dropCookie(ctx, 'session');
    ctx.status = 303;
    ctx.redirect('/login?out=1');
  });
}
