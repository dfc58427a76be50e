/** Configuration sets and pools: what 4.2 has under Settings > User Scripts and Pools. */
import type Router from '@koa/router';
import type { Saved } from '../../appliance/port.ts';
import { DEFAULT_SET_ID, MAX_SET_NAME } from '../../plugins/configsets.ts';
import { DEFAULT_POOL_ID, POOL_LIMITS } from '../../plugins/pools.ts';
import { type ConfigSet, POOL_KINDS, type Pool, type PoolKind } from '../../plugins/types.ts';
import { card, dataTable, describedBy, field as fieldBox, icon, notice, select, textInput } from '../components.ts';
import { type AdminContext, field, type Room, type State } from '../context.ts';
import { clip } from '../format.ts';
import { type Html, html, type Value } from '../html.ts';
import { type TextKey, t } from '../i18n.ts';
import { renderPage, tokenField } from '../layout.ts';

/** Characters of an import: an export of many sets has some hundred kB. */
const MAX_IMPORT = 2_000_000;
const MEMBERS_SHOWN = 4;

const kindWord = (kind: PoolKind): string => t(`pools.kind.${kind}` as TextKey);

function appliesTo(pools: readonly Pool[], set: ConfigSet): Value {
  const mine = pools.filter((pool) => pool.configSet === set.id);
  if (mine.length === 0) return html`<span class="muted">${t('configs.nobody')}</span>`;
  return mine
    .map((pool) =>
      pool.id === DEFAULT_POOL_ID
        ? `${kindWord(pool.kind)}: ${t('configs.everything')}`
        : `${kindWord(pool.kind)}: ${clip(pool.name, 40)}`,
    )
    .join('; ');
}

function nameForm(room: Room, ctx: AdminContext, set: ConfigSet, action: 'clone' | 'rename', iconName: string): Html {
  const label = t(`configs.${action}`);
  const id = `${action}-${set.id}`;
  return html`<form method="post" action="/configurations/${set.id}/${action}" class="inline">${tokenField(room, ctx)}<label class="unseen" for="${id}">${label}: ${t('configs.new.name')}</label><input id="${id}" name="name" type="text" maxlength="${MAX_SET_NAME}" required size="12" placeholder="${t('configs.new.name')}"><button class="quiet">${icon(iconName)}${label}</button></form>`;
}

function setRow(room: Room, ctx: AdminContext, pools: readonly Pool[], set: ConfigSet): Value[] {
  const own = set.id !== DEFAULT_SET_ID;
  return [
    html`<a class="row-link" href="/scripts/host?set=${set.id}">${clip(set.name, 40)}</a>`,
    appliesTo(pools, set),
    html`<span class="row-actions"><a class="button quiet" href="/configurations/export?set=${set.id}">${icon('download')}${t('configs.export')}</a>${nameForm(room, ctx, set, 'clone', 'note')}${
      own ? nameForm(room, ctx, set, 'rename', 'edit') : null
    }${
      own
        ? html`<form method="post" action="/configurations/${set.id}/remove">${tokenField(room, ctx)}<button class="quiet danger">${icon('trash')}${t('configs.remove')}</button></form>`
        : null
    }</span>`,
  ];
}

function poolRow(room: Room, ctx: AdminContext, sets: readonly ConfigSet[], pool: Pool): Value[] {
  const path = `/configurations/pools/${pool.kind}/${pool.id}`;
  const rest = pool.members.length - MEMBERS_SHOWN;
  const own = pool.id !== DEFAULT_POOL_ID;
  return [
    kindWord(pool.kind),
    html`<a class="row-link" href="${path}">${clip(pool.name, 40)}</a>`,
    own
      ? html`<span class="mono">${pool.members.slice(0, MEMBERS_SHOWN).join(', ')}</span>${rest > 0 ? ` +${rest}` : null}`
      : html`<span class="muted">${t('pools.members.rest')}</span>`,
    clip(sets.find((set) => set.id === pool.configSet)?.name ?? String(pool.configSet), 40),
    html`<span class="row-actions"><a class="button quiet icon-only" href="${path}" title="${t('pools.edit.of', { name: pool.name })}">${icon('edit')}<span class="unseen">${t('pools.edit.of', { name: clip(pool.name, 40) })}</span></a>${
      own
        ? html`<form method="post" action="${path}/remove">${tokenField(room, ctx)}<button class="quiet danger icon-only" title="${t('pools.remove.of', { name: pool.name })}">${icon('trash')}<span class="unseen">${t('pools.remove.of', { name: clip(pool.name, 40) })}</span></button></form>`
        : null
    }</span>`,
  ];
}

function listPage(
  room: Room,
  ctx: AdminContext,
  fault: { field: string; message: string } | undefined,
  typed: string,
): void {
  const { config } = room.port;
  const sets = config.sets();
  const pools = config.pools();
  const actions = { label: t('scripts.actions'), kind: 'bare tight', hidden: true } as const;
  const importField = {
    id: 'import-text',
    label: t('configs.import.text'),
    hint: t('configs.import.hint'),
    error: fault?.field === 'file' ? fault.message : undefined,
  };
  renderPage(room, ctx, {
    section: 'scripts',
    title: t('configs.title'),
    lead: t('configs.lead'),
    crumb: { href: '/scripts', label: t('scripts.title') },
    body: html`<div class="stack">${fault === undefined || fault.field === 'file' ? null : notice('bad', fault.message, { alert: true })}
${dataTable(
  t('configs.title'),
  [{ label: t('configs.name'), kind: 'wide bare' }, { label: t('configs.applies') }, actions],
  sets.map((set) => setRow(room, ctx, pools, set)),
)}
${card(
  t('pools.title'),
  html`<p class="muted">${t('pools.lead')}</p>${dataTable(
    t('pools.title'),
    [
      { label: t('pools.kind') },
      { label: t('pools.name'), kind: 'wide bare' },
      { label: t('pools.members') },
      { label: t('configs.name') },
      actions,
    ],
    pools.map((pool) => poolRow(room, ctx, sets, pool)),
  )}<p class="form-actions">${POOL_KINDS.map((kind) => html`<a class="button" href="/configurations/pools/${kind}/new">${t('pools.new', { kind: kindWord(kind) })}</a>`)}</p>`,
)}
<div class="columns">${card(
      t('configs.new'),
      html`<form method="post" action="/configurations">${tokenField(room, ctx)}${textInput({ id: 'new-name', label: t('configs.new.name'), hint: t('configs.new.hint') }, 'name', '', { maxlength: MAX_SET_NAME, required: true })}<div class="form-actions"><button class="primary">${t('configs.create')}</button></div></form>`,
    )}${card(
      t('configs.import'),
      html`<form method="post" action="/configurations/import">${tokenField(room, ctx)}${fieldBox(
        importField,
        html`<textarea id="import-text" name="text" rows="4" class="mono" aria-describedby="${describedBy(importField) ?? ''}">${typed}</textarea>`,
      )}<div class="form-actions"><button>${t('configs.import')}</button><a class="button quiet" href="/configurations/export">${icon('download')}${t('configs.export.all')}</a></div></form>
<form method="post" action="/configurations/reset">${tokenField(room, ctx)}<p class="hint" id="reset-hint">${t('configs.reset.hint')}</p><button class="danger" aria-describedby="reset-hint">${icon('reload')}${t('configs.reset')}</button></form>`,
    )}</div></div>`,
  });
}

interface PoolForm {
  kind: PoolKind;
  id: number | undefined;
  name: string;
  members: string;
  configSet: number;
}

function poolPage(room: Room, ctx: AdminContext, form: PoolForm, fault?: { field: string; message: string }): void {
  const title =
    form.id === undefined
      ? t('pools.new', { kind: kindWord(form.kind) })
      : t('pools.edit.of', { name: clip(form.name, 40) });
  const error = (name: string): string | undefined => (fault?.field === name ? fault.message : undefined);
  const rest =
    fault !== undefined && !['name', 'members', 'configSet'].includes(fault.field) ? fault.message : undefined;
  const members = {
    id: 'members',
    label: t('pools.members'),
    hint: t(`pools.members.hint.${form.kind}` as TextKey),
    error: error('members'),
  };
  const isDefault = form.id === DEFAULT_POOL_ID;
  renderPage(room, ctx, {
    section: 'scripts',
    title,
    crumb: { href: '/configurations', label: t('configs.title') },
    body: html`${rest === undefined ? null : notice('bad', rest, { alert: true })}<section class="card"><form method="post" action="/configurations/pools/${form.kind}/${form.id ?? 'new'}" class="edit">${tokenField(room, ctx)}
${isDefault ? html`<input type="hidden" name="name" value="${form.name}">` : textInput({ id: 'name', label: t('pools.name'), error: error('name') }, 'name', form.name, { maxlength: POOL_LIMITS.name, required: true })}
${
  isDefault
    ? html`<p class="muted">${t('pools.members')}: ${t('pools.members.rest')}</p>`
    : fieldBox(
        members,
        html`<textarea id="members" name="members" rows="8" class="mono" aria-describedby="${describedBy(members) ?? ''}">${form.members}</textarea>`,
      )
}
${fieldBox(
  { id: 'configSet', label: t('configs.name'), error: error('configSet') },
  select(
    'configSet',
    'configSet',
    String(form.configSet),
    room.port.config.sets().map((set) => ({ value: String(set.id), label: clip(set.name, 40) })),
  ),
)}
<div class="form-actions"><button class="primary">${t('apply')}</button><a class="button" href="/configurations">${t('cancel')}</a></div></form></section>`,
  });
}

const kindOf = (text: string | undefined): PoolKind | undefined => POOL_KINDS.find((kind) => kind === text);

export function configRoutes(router: Router<State>, room: Room): void {
  const { config } = room.port;
  /** Back to the list with a word, or the list with what is wrong. */
  const after = (ctx: AdminContext, saved: Saved, name: string, typed = ''): void => {
    if (!saved.ok) {
      ctx.status = 422;
      listPage(room, ctx, saved, typed);
      return;
    }
    room.flashes.set(ctx.state.session!.hash, { ok: true, text: t('configs.done', { name }) });
    ctx.status = 303;
    ctx.redirect('/configurations');
  };
  const idOf = (ctx: AdminContext): number => Number(ctx.params['id']);

  router.get('/configurations', (ctx) => listPage(room, ctx, undefined, ''));
  router.get('/configurations/export', (ctx) => {
    const text =
      typeof ctx.query['set'] === 'string' && /^\d{1,9}$/.test(ctx.query['set']) ? Number(ctx.query['set']) : undefined;
    ctx.attachment(text === undefined ? 'configurations.json' : `configuration-${text}.json`);
    ctx.type = 'application/json';
    ctx.body = config.exportSets(text);
  });
  router.post('/configurations', async (ctx) =>
    after(ctx, await config.createSet(field(ctx, 'name', 100)), field(ctx, 'name', 100)),
  );
  router.post('/configurations/import', async (ctx) => {
    const text = field(ctx, 'text', MAX_IMPORT);
    after(ctx, await config.importSets(text), t('configs.import'), text);
  });
  router.post('/configurations/reset', async (ctx) => after(ctx, await config.resetSet(), t('configs.reset')));
  router.post('/configurations/:id/clone', async (ctx) =>
    after(ctx, await config.cloneSet(idOf(ctx), field(ctx, 'name', 100)), t('configs.clone')),
  );
  router.post('/configurations/:id/rename', async (ctx) =>
    after(ctx, await config.renameSet(idOf(ctx), field(ctx, 'name', 100)), t('configs.rename')),
  );
  router.post('/configurations/:id/remove', async (ctx) =>
    after(ctx, await config.removeSet(idOf(ctx)), t('configs.remove')),
  );

  router.get('/configurations/pools/:kind/:id', (ctx) => {
    const kind = kindOf(ctx.params['kind']);
    if (kind === undefined) return;
    if (ctx.params['id'] === 'new')
      return poolPage(room, ctx, { kind, id: undefined, name: '', members: '', configSet: 0 });
    const pool = config.pools().find((one) => one.kind === kind && one.id === idOf(ctx));
    if (pool) poolPage(room, ctx, { ...pool, members: pool.members.join('\n') });
  });
  router.post('/configurations/pools/:kind/:id', async (ctx) => {
    const kind = kindOf(ctx.params['kind']);
    if (kind === undefined) return;
    const id = ctx.params['id'] === 'new' ? undefined : idOf(ctx);
    const form: PoolForm = {
      kind,
      id,
      name: field(ctx, 'name', 100),
      members: field(ctx, 'members', 100_000),
      configSet: Number(field(ctx, 'configSet', 10)) || 0,
    };
    const saved = await config.savePool({
      kind,
      ...(id === undefined ? {} : { id }),
      name: form.name,
      members: form.members.split(/[\n,]/),
      configSet: form.configSet,
    });
    if (!saved.ok) {
      ctx.status = 422;
      return poolPage(room, ctx, form, saved);
    }
    room.flashes.set(ctx.state.session!.hash, { ok: true, text: t('pools.saved', { name: form.name }) });
    ctx.status = 303;
    ctx.redirect('/configurations');
  });
  router.post('/configurations/pools/:kind/:id/remove', async (ctx) => {
    const kind = kindOf(ctx.params['kind']);
    if (kind !== undefined) after(ctx, await config.removePool(kind, idOf(ctx)), t('pools.title'));
  });
}
