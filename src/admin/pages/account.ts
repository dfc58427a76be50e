/** Account: the password, and who is signed in. */
import type Router from '@koa/router';
import { accountOf, changeAccount } from '../../appliance/accounts.ts';
import { addressKey, plainAddress } from '../address.ts';
import { badge, card, dataTable, textInput, time } from '../components.ts';
import { type AdminContext, field, type Room, type State } from '../context.ts';
import { clip } from '../format.ts';
import { attr, type Html, html } from '../html.ts';
import { t } from '../i18n.ts';
import { tokenField } from '../layout.ts';
import { BusyError, hashPassword, MAX_LENGTH, passwordFault, verifyPassword } from '../password.ts';
import { newTotpSecret, totpUri } from '../totp.ts';
import { faultText, newPasswordFields, ownNames } from './door.ts';
import { renderSettings, settingsDone } from './settings-frame.ts';

const HREF = '/settings/account';

interface PasswordErrors {
  current?: string;
  first?: string;
  second?: string;
  totp?: string;
}

function passwordCard(room: Room, ctx: AdminContext, errors: PasswordErrors): Html {
  return card(
    t('settings.password'),
    html`<form method="post" action="/settings/password">${tokenField(room, ctx)}<input type="text" name="username" value="${ctx.state.session!.user}" autocomplete="username" class="unseen" tabindex="-1" aria-hidden="true" readonly>${textInput(
      { id: 'current', label: t('settings.password.current'), error: errors.current },
      'current',
      '',
      { type: 'password', autocomplete: 'current-password', required: true, maxlength: MAX_LENGTH },
    )}${newPasswordFields({ first: 'settings.password.new', second: 'settings.password.again' }, errors)}<button>${t('settings.password.submit')}</button></form>`,
    { icon: 'key', id: 'password-card' },
  );
}

/** "Firefox on Linux" from a User-Agent; what cannot be told is shown as it came. */
export function browserName(agent: string): string {
  const browser = /(Edg|OPR|Firefox|Chrome|Safari|curl)\//.exec(agent)?.[1];
  const system = /(Android|iPhone|iPad|Windows|Mac OS X|Linux)/.exec(agent)?.[1];
  const name = browser === 'Edg' ? 'Edge' : browser === 'OPR' ? 'Opera' : browser;
  if (name === undefined) return clip(agent, 60);
  return system === undefined ? name : `${name}, ${system}`;
}

function sessionsCard(room: Room, ctx: AdminContext): Html {
  const own = ctx.state.session!.hash;
  const me = ctx.state.session!.user;
  const sessions = room.sessions.list().filter((s) => ctx.state.role === 'admin' || s.user === me);
  return card(
    t('settings.sessions'),
    html`<p class="muted">${t('settings.sessions.lead')}</p>${dataTable(
      t('settings.sessions'),
      [
        { label: t('settings.sessions.browser'), kind: 'bare' },
        { label: t('settings.sessions.where') },
        { label: t('settings.sessions.since') },
        { label: t('settings.sessions.used') },
        { label: t('scripts.actions'), kind: 'bare tight', hidden: true },
      ],
      sessions.map((s) => [
        html`${s.user === me ? null : html`<b>${s.user}</b> `}${browserName(s.agent)}${s.hash === own ? html` <span class="badge ok"><span>${t('settings.sessions.this')}</span></span>` : null}`,
        html`<span class="mono">${s.address}</span>`,
        time(s.createdMs),
        time(s.seenMs),
        s.hash === own
          ? null
          : html`<form method="post" action="/settings/sessions/end" class="row-actions">${tokenField(room, ctx)}<input type="hidden" name="session" value="${s.hash}"><button class="quiet">${t('settings.sessions.end')}</button></form>`,
      ]),
    )}${
      sessions.length > 1
        ? html`<form method="post" action="/settings/sessions/end-others" class="card-foot">${tokenField(room, ctx)}<button>${t('settings.sessions.end_others')}</button></form>`
        : null
    }`,
    { icon: 'lock' },
  );
}

function accountPage(room: Room, ctx: AdminContext, errors: PasswordErrors = {}): void {
  renderSettings(
    room,
    ctx,
    HREF,
    html`<div class="columns even"><div class="stack">${passwordCard(room, ctx, errors)}${totpCard(room, ctx, errors.totp)}</div><div class="stack">${sessionsCard(room, ctx)}</div></div>`,
  );
}

/** Changes the password and ends all other sessions, or says which field is wrong. Shared by page and API. */
export async function changePassword(
  room: Room,
  ctx: AdminContext,
  current: string,
  password: string,
): Promise<{ ok: true } | { ok: false; field: 'current' | 'first'; message: string }> {
  const address = plainAddress(ctx.req.socket.remoteAddress);
  const key = addressKey(address);
  const { user } = ctx.state.session!;
  const settings = room.port.settings.get();
  const wait = room.limiter.begin(key, user, true);
  if (wait > 0) return { ok: false, field: 'current', message: t('login.wait', { n: Math.ceil(wait / 1000) }) };
  try {
    if (!(await verifyPassword(current, accountOf(settings, user)?.passwordHash ?? ''))) {
      return { ok: false, field: 'current', message: t('password.current_wrong') };
    }
    room.limiter.succeeded(key);
    const fault = passwordFault(password, ownNames(room));
    if (fault !== undefined) return { ok: false, field: 'first', message: faultText(fault) };
    const passwordHash = await hashPassword(password);
    await room.port.settings.update(changeAccount(room.port.settings.get(), user, { passwordHash }));
  } catch (error) {
    if (!(error instanceof BusyError)) throw error;
    return { ok: false, field: 'current', message: t('login.busy') };
  }
  await room.sessions.revokeAllBut(ctx.state.session!.hash, user);
  return { ok: true };
}

/** Administrators end any session, others their own. */
export const mayEnd = (ctx: AdminContext, user: string): boolean =>
  ctx.state.role === 'admin' || ctx.state.session?.user === user;

/** A secret that was offered and not yet confirmed, by session. */
const offered = new Map<string, string>();
const OFFERS = 64;

/** A secret for one-time codes that waits for its first code, the same one each time a session asks. */
export function offerTotp(room: Room, user: string, hash: string): { secret: string; uri: string } {
  const secret = offered.get(hash) ?? newTotpSecret();
  offered.delete(hash);
  offered.set(hash, secret);
  if (offered.size > OFFERS) offered.delete(offered.keys().next().value!);
  return { secret, uri: totpUri(secret, user, room.port.settings.get().name) };
}

/** Turns one-time codes on with a first code of the secret on offer, and ends the account's other sessions. */
export async function totpOn(room: Room, ctx: AdminContext, code: string): Promise<string | undefined> {
  const { user, hash } = ctx.state.session!;
  const secret = offered.get(hash);
  if (secret === undefined || !room.totp.fits(user, secret, code, Date.now())) return t('totp.wrong');
  offered.delete(hash);
  await room.port.settings.update(changeAccount(room.port.settings.get(), user, { totp: secret }));
  await room.sessions.revokeAllBut(hash, user);
  return undefined;
}

/** The session's own password once more, under the limits of sign-in; what is wrong, or undefined. */
export async function passwordAgain(room: Room, ctx: AdminContext, current: string): Promise<string | undefined> {
  const { user } = ctx.state.session!;
  const key = addressKey(ctx.req.socket.remoteAddress);
  const wait = room.limiter.begin(key, user, true);
  if (wait > 0) return t('login.wait', { n: Math.ceil(wait / 1000) });
  const stored = accountOf(room.port.settings.get(), user)?.passwordHash ?? '';
  if (!(await verifyPassword(current, stored))) return t('password.current_wrong');
  room.limiter.succeeded(key);
  return undefined;
}

/** Turns one-time codes off for who knows the password. */
export async function totpOff(room: Room, ctx: AdminContext, current: string): Promise<string | undefined> {
  const wrong = await passwordAgain(room, ctx, current);
  if (wrong !== undefined) return wrong;
  const settings = room.port.settings.get();
  await room.port.settings.update(changeAccount(settings, ctx.state.session!.user, { totp: '' }));
  return undefined;
}

/** Ends the account's other sessions; an administrator ends everybody's. Returns how many. */
export function endOthers(room: Room, ctx: AdminContext): Promise<number> {
  const { hash, user } = ctx.state.session!;
  return room.sessions.revokeAllBut(hash, ctx.state.role === 'admin' ? undefined : user);
}

function totpCard(room: Room, ctx: AdminContext, error?: string): Html {
  const { user, hash } = ctx.state.session!;
  const account = accountOf(room.port.settings.get(), user);
  if (account !== undefined && account.totp !== '') {
    return card(
      t('totp.title'),
      html`<p>${badge('ok', t('totp.on'))} ${t('totp.on.text')}</p><form method="post" action="/settings/totp/off">${tokenField(room, ctx)}${textInput(
        { id: 'totp-current', label: t('settings.password.current'), error },
        'current',
        '',
        { type: 'password', autocomplete: 'current-password', required: true, maxlength: MAX_LENGTH },
      )}<button>${t('totp.turn_off')}</button></form>`,
      { icon: 'lock', id: 'totp' },
    );
  }
  const { secret, uri } = offerTotp(room, user, hash);
  return card(
    t('totp.title'),
    html`<p class="muted">${t('totp.lead')}</p><details${attr('open', error !== undefined)}><summary>${t('totp.turn_on')}</summary><p>${t('totp.secret')}</p><p><code class="secret" id="totp-secret">${secret.replace(/(.{4})(?=.)/g, '$1 ')}</code></p><p class="hint">${t('totp.uri')} <code class="wrap">${uri}</code></p><form method="post" action="/settings/totp/on">${tokenField(room, ctx)}${textInput(
      { id: 'code', label: t('totp.code'), error },
      'code',
      '',
      { inputmode: 'numeric', autocomplete: 'one-time-code', required: true, maxlength: 10 },
    )}<button class="primary">${t('totp.confirm')}</button></form></details>`,
    { icon: 'lock', id: 'totp' },
  );
}

export function accountRoutes(router: Router<State>, room: Room): void {
  router.get(HREF, (ctx) => accountPage(room, ctx));

  router.post('/settings/password', async (ctx) => {
    const password = field(ctx, 'password', MAX_LENGTH + 1);
    if (password !== field(ctx, 'again', MAX_LENGTH + 1)) {
      ctx.status = 422;
      return accountPage(room, ctx, { second: t('password.differ') });
    }
    const result = await changePassword(room, ctx, field(ctx, 'current', MAX_LENGTH + 1), password);
    if (!result.ok) {
      ctx.status = 422;
      return accountPage(room, ctx, { [result.field]: result.message });
    }
    settingsDone(room, ctx, HREF, t('settings.password.done'));
  });

  router.post('/settings/totp/on', async (ctx) => {
    const totp = await totpOn(room, ctx, field(ctx, 'code', 20));
    if (totp === undefined) return settingsDone(room, ctx, HREF, t('totp.done'));
    ctx.status = 422;
    accountPage(room, ctx, { totp });
  });

  router.post('/settings/totp/off', async (ctx) => {
    const totp = await totpOff(room, ctx, field(ctx, 'current', MAX_LENGTH + 1));
    if (totp === undefined) return settingsDone(room, ctx, HREF, t('totp.off.done'));
    ctx.status = 422;
    accountPage(room, ctx, { totp });
  });

  router.post('/settings/sessions/end', async (ctx) => {
    const hash = field(ctx, 'session', 60);
    const mine = room.sessions.list().some((s) => s.hash === hash && mayEnd(ctx, s.user));
    const ended = mine && (await room.sessions.revoke(hash));
    settingsDone(room, ctx, HREF, t('settings.sessions.ended', { n: ended ? 1 : 0 }));
  });

  router.post('/settings/sessions/end-others', async (ctx) => {
    const n = await endOthers(room, ctx);
    settingsDone(room, ctx, HREF, t('settings.sessions.ended', { n }));
  });
}
