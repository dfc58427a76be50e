/** Users and API tokens. */
import type Router from '@koa/router';
import {
  ACCOUNT_LIMITS,
  type ApiToken,
  accountOf,
  accounts,
  makeToken,
  OWNER,
  type Role,
  TOKEN_SCOPES,
  type TokenScope,
  type User,
  userNameFault,
} from '../../appliance/accounts.ts';
import { badge, card, dataTable, field as fieldBox, icon, notice, select, textInput, time } from '../components.ts';
import { type AdminContext, field, type Room, type State } from '../context.ts';
import { sentence } from '../forms/settings-form.ts';
import { type Html, html } from '../html.ts';
import { type TextKey, t } from '../i18n.ts';
import { tokenField } from '../layout.ts';
import { hashPassword, MAX_LENGTH, MIN_LENGTH, passwordFault } from '../password.ts';
import { faultText, ownNames } from './door.ts';
import { renderSettings, settingsDone } from './settings-frame.ts';

const HREF = '/settings/users';

interface Shown {
  user?: { name: string; role: string; errors: { name?: string; password?: string } };
  token?: { text?: string; name?: string; error?: string };
}

function usersCard(room: Room, ctx: AdminContext): Html {
  const remove = (u: User): Html =>
    html`<form method="post" action="${`${HREF}/remove`}" class="row-actions">${tokenField(room, ctx)}<input type="hidden" name="name" value="${u.name}"><button class="quiet" data-confirm="${t('users.remove.sure', { name: u.name })}">${icon('trash')}${t('users.remove')}</button></form>`;
  return card(
    t('users.title'),
    dataTable(
      t('users.title'),
      [
        { label: t('users.name'), kind: 'bare head' },
        { label: t('users.role') },
        { label: t('users.codes') },
        { label: t('users.since') },
        { label: t('scripts.actions'), kind: 'bare tight', hidden: true },
      ],
      accounts(room.port.settings.get()).map((u) => [
        html`<b>${u.name}</b>`,
        t(`users.role.${u.role}.short`),
        u.totp === '' ? t('no') : badge('ok', t('yes')),
        u.createdMs > 0 ? time(u.createdMs) : null,
        u.name === OWNER || u.name === ctx.state.session?.user ? null : remove(u),
      ]),
    ),
    { icon: 'host' },
  );
}

function addUserCard(room: Room, ctx: AdminContext, shown: Shown['user']): Html {
  const errors = shown?.errors ?? {};
  const roles = (['viewer', 'admin'] as const).map((r) => ({ value: r, label: t(`users.role.${r}` as TextKey) }));
  return card(
    t('users.add'),
    html`<form method="post" action="${`${HREF}/add`}">${tokenField(room, ctx)}${textInput(
      { id: 'user-name', label: t('users.name'), error: errors.name },
      'name',
      shown?.name ?? '',
      { maxlength: ACCOUNT_LIMITS.name, required: true, autocomplete: 'off' },
    )}${fieldBox({ id: 'user-role', label: t('users.role') }, select('user-role', 'role', shown?.role ?? 'viewer', roles))}${textInput(
      {
        id: 'user-password',
        label: t('users.password'),
        hint: t('users.password.hint', { min: MIN_LENGTH }),
        error: errors.password,
      },
      'password',
      '',
      { type: 'password', autocomplete: 'new-password', required: true, maxlength: MAX_LENGTH },
    )}<button class="primary">${t('users.add.submit')}</button></form>`,
  );
}

function tokensCard(room: Room, ctx: AdminContext, shown: Shown['token']): Html {
  const { tokens } = room.port.settings.get();
  const remove = (k: ApiToken): Html =>
    html`<form method="post" action="${`${HREF}/tokens/remove`}" class="row-actions">${tokenField(room, ctx)}<input type="hidden" name="id" value="${k.id}"><button class="quiet" data-confirm="${t('tokens.remove.sure', { name: k.name })}">${icon('trash')}${t('tokens.remove')}</button></form>`;
  return card(
    t('tokens.title'),
    html`<p class="muted">${t('tokens.lead')}</p>${
      shown?.text === undefined
        ? null
        : notice('ok', html`${t('tokens.made')}<br><code class="secret" id="new-token">${shown.text}</code>`)
    }${
      tokens.length === 0
        ? html`<p class="muted">${t('tokens.none')}</p>`
        : dataTable(
            t('tokens.title'),
            [
              { label: t('tokens.name'), kind: 'bare head' },
              { label: t('tokens.scope') },
              { label: t('users.since') },
              { label: t('scripts.actions'), kind: 'bare tight', hidden: true },
            ],
            tokens.map((k) => [
              html`<b>${k.name}</b>`,
              t(`tokens.scope.${k.scope}` as TextKey),
              time(k.createdMs),
              remove(k),
            ]),
          )
    }<form method="post" action="${`${HREF}/tokens/add`}">${tokenField(room, ctx)}${textInput(
      { id: 'token-name', label: t('tokens.name'), error: shown?.error },
      'name',
      shown?.name ?? '',
      { maxlength: ACCOUNT_LIMITS.tokenName, required: true, autocomplete: 'off' },
    )}${fieldBox(
      { id: 'token-scope', label: t('tokens.scope') },
      select(
        'token-scope',
        'scope',
        'read',
        TOKEN_SCOPES.map((s) => ({ value: s, label: t(`tokens.scope.${s}` as TextKey) })),
      ),
    )}<button>${t('tokens.add')}</button></form>`,
    { icon: 'key', id: 'tokens' },
  );
}

function usersPage(room: Room, ctx: AdminContext, shown: Shown = {}): void {
  renderSettings(
    room,
    ctx,
    HREF,
    html`<div class="columns even"><div class="stack">${usersCard(room, ctx)}${addUserCard(room, ctx, shown.user)}</div><div class="stack">${tokensCard(room, ctx, shown.token)}</div></div>`,
    t('users.lead'),
  );
}

/** Adds a user; on failure says which field is wrong. Shared by page and API. */
export async function addUser(
  room: Room,
  name: string,
  role: string,
  password: string,
): Promise<{ name?: string; password?: string } | undefined> {
  const settings = room.port.settings.get();
  const nameFault = userNameFault(name);
  if (nameFault !== undefined) return { name: sentence(nameFault) };
  if (accountOf(settings, name) !== undefined) return { name: t('users.taken') };
  if (settings.users.length >= ACCOUNT_LIMITS.users) return { name: t('users.full', { max: ACCOUNT_LIMITS.users }) };
  const fault = passwordFault(password, [...ownNames(room), name]);
  if (fault !== undefined) return { password: faultText(fault) };
  const user: User = {
    name,
    role: role === 'admin' ? 'admin' : ('viewer' satisfies Role),
    passwordHash: await hashPassword(password),
    totp: '',
    createdMs: Date.now(),
  };
  // Hashing took a while: of two that add the same name at once the second is refused by the table's check.
  await room.port.settings.update({ users: [...room.port.settings.get().users, user] });
  return undefined;
}

/** Removes a user and ends the account's sessions; false when there is none. */
export async function removeUser(room: Room, name: string): Promise<boolean> {
  const { users } = room.port.settings.get();
  if (!users.some((u) => u.name === name)) return false;
  await room.port.settings.update({ users: users.filter((u) => u.name !== name) });
  await room.sessions.revokeAllBut('', name);
  return true;
}

/** Makes a token, or says what is wrong with its name. */
export async function addToken(
  room: Room,
  name: string,
  scope: string,
): Promise<{ text: string; token: ApiToken } | { error: string }> {
  const { tokens } = room.port.settings.get();
  if (tokens.length >= ACCOUNT_LIMITS.tokens) return { error: t('tokens.full', { max: ACCOUNT_LIMITS.tokens }) };
  if (
    name === '' ||
    name.length > ACCOUNT_LIMITS.tokenName ||
    /\p{Cc}/u.test(name) ||
    !TOKEN_SCOPES.includes(scope as TokenScope)
  )
    return { error: t('tokens.name.bad', { max: ACCOUNT_LIMITS.tokenName }) };
  const made = makeToken(name, scope as TokenScope, Date.now());
  await room.port.settings.update({ tokens: [...tokens, made.token] });
  return made;
}

export function userRoutes(router: Router<State>, room: Room): void {
  router.get(HREF, (ctx) => usersPage(room, ctx));

  router.post(`${HREF}/add`, async (ctx) => {
    const name = field(ctx, 'name', 100).trim();
    const role = field(ctx, 'role', 10);
    const errors = await addUser(room, name, role, field(ctx, 'password', MAX_LENGTH + 1));
    if (errors !== undefined) {
      ctx.status = 422;
      return usersPage(room, ctx, { user: { name, role, errors } });
    }
    settingsDone(room, ctx, HREF, t('users.added', { name }));
  });

  router.post(`${HREF}/remove`, async (ctx) => {
    const name = field(ctx, 'name', 100);
    if (name === ctx.state.session?.user || !(await removeUser(room, name))) return;
    settingsDone(room, ctx, HREF, t('users.removed', { name }));
  });

  router.post(`${HREF}/tokens/add`, async (ctx) => {
    const name = field(ctx, 'name', 200).trim();
    const made = await addToken(room, name, field(ctx, 'scope', 20));
    if ('error' in made) {
      ctx.status = 422;
      return usersPage(room, ctx, { token: { name, error: made.error } });
    }
    // Not after a redirect: the token is nowhere but in this answer.
    usersPage(room, ctx, { token: { text: made.text } });
  });

  router.post(`${HREF}/tokens/remove`, async (ctx) => {
    const { tokens } = room.port.settings.get();
    const token = tokens.find((k) => k.id === field(ctx, 'id', 20));
    if (token === undefined) return;
    await room.port.settings.update({ tokens: tokens.filter((k) => k !== token) });
    settingsDone(room, ctx, HREF, t('tokens.removed', { name: token.name }));
  });
}
