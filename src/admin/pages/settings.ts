/** Settings: the box, the password, who is signed in. */

import { BlockList, isIP } from 'node:net';
import type Router from '@koa/router';
import type { Settings } from '../../appliance/port.ts';
import { addressKey, plainAddress } from '../address.ts';
import { card, dataTable, describedBy, field as fieldBox, textInput, time } from '../components.ts';
import { type AdminContext, field, OWNER, type Room, type State } from '../context.ts';
import { clip } from '../format.ts';
import { splitItems } from '../forms/items.ts';
import { attr, type Html, html } from '../html.ts';
import { t } from '../i18n.ts';
import { renderPage, tokenField } from '../layout.ts';
import { BusyError, hashPassword, MAX_LENGTH, passwordFault, verifyPassword } from '../password.ts';
import { faultText, newPasswordFields, ownNames } from './door.ts';

const MAX_NETWORKS = 256;

export interface BoxErrors {
  name?: string;
  interface?: string;
  networks?: string;
}

/** Address and prefix length with no host bits demanded: "192.168.1.7/24" means its network. */
export function isNetwork(text: string): boolean {
  const match = /^([0-9a-fA-F.:]+)\/(\d{1,3})$/.exec(text);
  if (match === null) return false;
  const family = isIP(match[1]!);
  if (family === 0) return false;
  try {
    new BlockList().addSubnet(match[1]!, Number(match[2]), family === 6 ? 'ipv6' : 'ipv4');
    return true;
  } catch {
    return false;
  }
}

/** Checks name, interface and networks as typed. */
export function readBox(
  name: string,
  iface: string,
  networks: string[],
): { change: Partial<Settings>; errors: BoxErrors } {
  const errors: BoxErrors = {};
  if (!/^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,39}$/u.test(name)) errors.name = t('settings.name.bad');
  if (iface !== '' && !/^[A-Za-z0-9._:@-]{1,15}$/.test(iface)) errors.interface = t('settings.interface.bad');
  const bad = networks.filter((n) => !isNetwork(n));
  if (networks.length > MAX_NETWORKS) errors.networks = t('settings.networks.many', { max: MAX_NETWORKS });
  else if (bad.length > 0)
    errors.networks = t('settings.networks.bad', {
      items: bad
        .slice(0, 5)
        .map((b) => clip(b, 50))
        .join(', '),
    });
  return { change: { name, interface: iface, localNetworks: [...new Set(networks)] }, errors };
}

interface Shown {
  box?: { name: string; interface: string; networks: string; errors: BoxErrors };
  password?: { current?: string; first?: string; second?: string };
}

function boxCard(room: Room, ctx: AdminContext, shown: Shown['box']): Html {
  const s = room.port.settings.get();
  const box = shown ?? { name: s.name, interface: s.interface, networks: s.localNetworks.join('\n'), errors: {} };
  const networks = {
    id: 'networks',
    label: t('settings.networks'),
    hint: t('settings.networks.hint'),
    error: box.errors.networks,
  };
  return card(
    t('settings.box'),
    html`<form method="post" action="/settings">${tokenField(room, ctx)}${textInput(
      { id: 'name', label: t('settings.name'), hint: t('settings.name.hint'), error: box.errors.name },
      'name',
      box.name,
      { maxlength: 40, required: true, autocomplete: 'off' },
    )}${textInput(
      {
        id: 'interface',
        label: t('settings.interface'),
        hint: t('settings.interface.hint'),
        error: box.errors.interface,
      },
      'interface',
      box.interface,
      { maxlength: 15, autocomplete: 'off' },
    )}${fieldBox(
      networks,
      html`<textarea id="networks" name="networks" rows="5" class="mono" spellcheck="false"${attr('aria-describedby', describedBy(networks))}${attr('aria-invalid', networks.error ? 'true' : null)}>${box.networks}</textarea>`,
    )}<button class="primary">${t('save')}</button></form>`,
    { icon: 'settings' },
  );
}

function passwordCard(room: Room, ctx: AdminContext, errors: NonNullable<Shown['password']>): Html {
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

function settingsPage(room: Room, ctx: AdminContext, shown: Shown = {}): void {
  renderPage(room, ctx, {
    section: 'settings',
    title: t('settings.title'),
    body: html`<div class="columns even">${boxCard(room, ctx, shown.box)}${passwordCard(room, ctx, shown.password ?? {})}</div><div class="stack below">${sessionsCard(room, ctx)}</div>`,
  });
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

export function settingsRoutes(router: Router<State>, room: Room): void {
  const done = (ctx: AdminContext, text: string): void => {
    room.flashes.set(ctx.state.session!.hash, { ok: true, text });
    ctx.status = 303;
    ctx.redirect('/settings');
  };

  router.get('/settings', (ctx) => settingsPage(room, ctx));

  router.post('/settings', async (ctx) => {
    const name = field(ctx, 'name', 100).trim();
    const iface = field(ctx, 'interface', 100).trim();
    const networks = field(ctx, 'networks', 20_000);
    const { change, errors } = readBox(name, iface, splitItems(networks));
    if (Object.keys(errors).length > 0) {
      ctx.status = 422;
      return settingsPage(room, ctx, { box: { name, interface: iface, networks, errors } });
    }
    await room.port.settings.update(change);
    done(ctx, t('settings.saved'));
  });

  router.post('/settings/password', async (ctx) => {
    const password = field(ctx, 'password', MAX_LENGTH + 1);
    if (password !== field(ctx, 'again', MAX_LENGTH + 1)) {
      ctx.status = 422;
      return settingsPage(room, ctx, { password: { second: t('password.differ') } });
    }
    const result = await changePassword(room, ctx, field(ctx, 'current', MAX_LENGTH + 1), password);
    if (!result.ok) {
      ctx.status = 422;
      return settingsPage(room, ctx, { password: { [result.field]: result.message } });
    }
    done(ctx, t('settings.password.done'));
  });

  router.post('/settings/sessions/end', async (ctx) => {
    const ended = await room.sessions.revoke(field(ctx, 'session', 60));
    done(ctx, t('settings.sessions.ended', { n: ended ? 1 : 0 }));
  });

  router.post('/settings/sessions/end-others', async (ctx) => {
    done(ctx, t('settings.sessions.ended', { n: await room.sessions.revokeAllBut(ctx.state.session!.hash) }));
  });
}
