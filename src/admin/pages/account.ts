/** Account: the password, and who is signed in. */
import type Router from '@koa/router';
import { addressKey, plainAddress } from '../address.ts';
import { card, dataTable, textInput, time } from '../components.ts';
import { type AdminContext, field, OWNER, type Room, type State } from '../context.ts';
import { clip } from '../format.ts';
import { type Html, html } from '../html.ts';
import { t } from '../i18n.ts';
import { tokenField } from '../layout.ts';
import { BusyError, hashPassword, MAX_LENGTH, passwordFault, verifyPassword } from '../password.ts';
import { faultText, newPasswordFields, ownNames } from './door.ts';
import { renderSettings, settingsDone } from './settings-frame.ts';

const HREF = '/settings/account';

interface PasswordErrors {
  current?: string;
  first?: string;
  second?: string;
}

function passwordCard(room: Room, ctx: AdminContext, errors: PasswordErrors): Html {
  return card(
    t('settings.password'),
    html`<form method="post" action="/settings/password">${tokenField(room, ctx)}<input type="text" name="username" value="${OWNER}" autocomplete="username" class="unseen" tabindex="-1" aria-hidden="true" readonly>${textInput(
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
  const sessions = room.sessions.list();
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
        html`${browserName(s.agent)}${s.hash === own ? html` <span class="badge ok"><span>${t('settings.sessions.this')}</span></span>` : null}`,
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
    html`<div class="columns even"><div class="stack">${passwordCard(room, ctx, errors)}</div><div class="stack">${sessionsCard(room, ctx)}</div></div>`,
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
  const wait = room.limiter.begin(key, OWNER, true);
  if (wait > 0) return { ok: false, field: 'current', message: t('login.wait', { n: Math.ceil(wait / 1000) }) };
  try {
    if (!(await verifyPassword(current, room.port.settings.get().passwordHash))) {
      return { ok: false, field: 'current', message: t('password.current_wrong') };
    }
    room.limiter.succeeded(key);
    const fault = passwordFault(password, ownNames(room));
    if (fault !== undefined) return { ok: false, field: 'first', message: faultText(fault) };
    await room.port.settings.update({ passwordHash: await hashPassword(password) });
  } catch (error) {
    if (!(error instanceof BusyError)) throw error;
    return { ok: false, field: 'current', message: t('login.busy') };
  }
  await room.sessions.revokeAllBut(ctx.state.session!.hash);
  return { ok: true };
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

  router.post('/settings/sessions/end', async (ctx) => {
    const ended = await room.sessions.revoke(field(ctx, 'session', 60));
    settingsDone(room, ctx, HREF, t('settings.sessions.ended', { n: ended ? 1 : 0 }));
  });

  router.post('/settings/sessions/end-others', async (ctx) => {
    const n = await room.sessions.revokeAllBut(ctx.state.session!.hash);
    settingsDone(room, ctx, HREF, t('settings.sessions.ended', { n }));
  });
}
