/** User scripts by kind: what is on, with which values; the switch; the way to each form. */
import type Router from '@koa/router';
import { type HookConf, POOL_KINDS, type ScriptInfo, SUBDIRS, type Subdir } from '../../plugins/types.ts';
import { badge, dataTable, emptyState, icon, pills, searchRow, select, tabs } from '../components.ts';
import { type AdminContext, field, link, query, type Room, type State } from '../context.ts';
import { clip } from '../format.ts';
import { builderOf, valuesText } from '../forms/form.ts';
import { type Html, html, type Value } from '../html.ts';
import { type TextKey, t } from '../i18n.ts';
import { renderPage, tokenField } from '../layout.ts';

/** Order of the tabs, as owners of 4.2 know it. */
export const TAB_ORDER: readonly Subdir[] = ['host', 'interface', 'network', 'snmp_device', 'flow', 'system', 'syslog'];

export function subdirOf(text: string): Subdir | undefined {
  return SUBDIRS.find((s) => s === text);
}

export function scriptsOf(room: Room, subdir: Subdir): ScriptInfo[] {
  return room.port.engine
    .plugins()
    .flatMap((p) => p.scripts)
    .filter((s) => s.subdir === subdir)
    .sort((a, b) => a.title.localeCompare(b.title));
}

export function isOn(conf: Record<string, HookConf>): boolean {
  return Object.values(conf).some((h) => h.enabled);
}

/** True when switching this on would do nothing or be refused: a list without items, a limit without a number. */
export function needsValues(script: ScriptInfo, conf: Record<string, HookConf>): boolean {
  const confs = Object.values(conf).map((h) => h.script_conf);
  const none = (key: string): boolean =>
    confs.every((c) => c[key] === undefined || c[key] === '' || (Array.isArray(c[key]) && c[key].length === 0));
  switch (script.gui?.builder) {
    case 'items_list':
    case 'multi_select':
      return none('items');
    case 'threshold_cross':
      return none('threshold');
    case 'long_lived':
      return none('min_duration');
    case 'elephant_flows':
      return none('l2r_bytes_value') || none('r2l_bytes_value');
    default:
      return false;
  }
}

/** The same configuration with its hooks on or off; hooks whose limit has no number stay off. */
export function switched(script: ScriptInfo, conf: Record<string, HookConf>, on: boolean): Record<string, HookConf> {
  const perHook = builderOf(script).perHook;
  return Object.fromEntries(
    Object.entries(conf).map(([hook, h]) => {
      const usable = !perHook || h.script_conf['threshold'] !== undefined;
      return [hook, { enabled: on && usable, script_conf: h.script_conf }];
    }),
  );
}

/** Kinds that pools group: only they can have another configuration than the default one. */
export const isPooled = (subdir: Subdir): boolean => (POOL_KINDS as readonly string[]).includes(subdir);

/** The configuration set that the address names, if it exists and the kind can have it; else the default one. */
export function setOf(room: Room, ctx: AdminContext, subdir: Subdir): number {
  const wanted = Number(query(ctx, 'set', 10)) || 0;
  return isPooled(subdir) && room.port.config.sets().some((set) => set.id === wanted) ? wanted : 0;
}

/** "?set=3", or nothing for the default set. */
export const setQuery = (set: number, first = true): string => (set === 0 ? '' : `${first ? '?' : '&'}set=${set}`);

function switchForm(room: Room, ctx: AdminContext, s: ScriptInfo, on: boolean, back: string, set: number): Html {
  const label = t(on ? 'scripts.off.of' : 'scripts.on.of', { name: s.title });
  return html`<form method="post" action="/scripts/${s.subdir}/${encodeURIComponent(s.key)}/switch${setQuery(set)}">${tokenField(room, ctx)}<input type="hidden" name="back" value="${back}"><input type="hidden" name="on" value="${on ? 'no' : 'yes'}"><button class="switch-button" role="switch" aria-checked="${on ? 'true' : 'false'}" aria-label="${label}" title="${label}"><span class="track" aria-hidden="true"></span></button></form>`;
}

function row(room: Room, ctx: AdminContext, s: ScriptInfo, back: string, set: number): Value[] {
  const conf = room.port.config.script(s.subdir, s.key, set);
  const edit = `/scripts/${s.subdir}/${encodeURIComponent(s.key)}${setQuery(set)}`;
  return [
    html`<span class="with-icon"><span title="${s.categoryTitle}">${icon(s.categoryIcon)}</span><span><a class="row-link" href="${edit}">${clip(s.title, 100)}</a>${
      s.state === 'ok'
        ? null
        : html` ${badge(s.state === 'error' ? 'bad' : 'plain', t('scripts.broken'))}<span class="trouble small">${clip(s.reason, 200)}</span>`
    }</span></span>`,
    html`<span class="muted">${clip(s.description, 240)}</span>`,
    clip(valuesText(s, conf), 120),
    html`<span class="row-actions">${switchForm(room, ctx, s, isOn(conf), back, set)}<a class="button quiet" href="${edit}" aria-label="${t('scripts.edit.of', { name: s.title })}">${icon('edit')}<span>${t('scripts.edit')}</span></a></span>`,
  ];
}

function listPage(room: Room, ctx: AdminContext, subdir: Subdir): void {
  const show = (['enabled', 'disabled'] as const).find((s) => s === query(ctx, 'show'));
  const search = query(ctx, 'search').trim();
  const category = query(ctx, 'category');
  const all = scriptsOf(room, subdir);
  const set = setOf(room, ctx, subdir);
  const sets = isPooled(subdir) ? room.port.config.sets() : [];
  const on = (s: ScriptInfo): boolean => isOn(room.port.config.script(s.subdir, s.key, set));
  const categories = new Map(all.map((s) => [s.category, s.categoryTitle]));
  const found = all.filter(
    (s) =>
      (category === '' || s.category === category) &&
      `${s.title}\n${s.description}\n${s.key}\n${s.plugin}`.toLowerCase().includes(search.toLowerCase()),
  );
  const shown = found.filter((s) => show === undefined || on(s) === (show === 'enabled'));
  const path = `/scripts/${subdir}`;
  const params = { show, search, category, set: set === 0 ? undefined : set };
  const pill = (value: 'enabled' | 'disabled' | undefined): Parameters<typeof pills>[1][number] => ({
    href: link(path, { ...params, show: value }),
    label: t(`scripts.show.${value ?? 'all'}` as TextKey),
    active: show === value,
    count: value === undefined ? found.length : found.filter((s) => on(s) === (value === 'enabled')).length,
  });
  const back = link(path, params);
  renderPage(room, ctx, {
    section: 'scripts',
    title: t('scripts.title'),
    lead: t('scripts.lead'),
    actions: html`<a class="button" href="/configurations">${icon('settings')}${t('configs.manage')}</a>`,
    body: html`${tabs(
      t('scripts.kinds'),
      TAB_ORDER.map((s) => {
        const n = scriptsOf(room, s).length;
        return {
          href: `/scripts/${s}`,
          label: t(`subdir.${s}` as TextKey),
          active: s === subdir,
          ...(n > 0 ? { count: n } : {}),
        };
      }),
    )}
${
  sets.length > 1
    ? pills(
        t('configs.choose'),
        sets.map((one) => ({
          href: link(path, { ...params, set: one.id === 0 ? undefined : one.id }),
          label: clip(one.name, 40),
          active: one.id === set,
        })),
      )
    : null
}<div class="toolbar">${pills(t('scripts.show'), [pill(undefined), pill('enabled'), pill('disabled')])}<form class="filters" method="get" action="${path}" role="search">${
      show === undefined ? null : html`<input type="hidden" name="show" value="${show}">`
    }${set === 0 ? null : html`<input type="hidden" name="set" value="${set}">`}${searchRow('search', search, t('scripts.search'), t('search'))}${
      categories.size > 1 || category !== ''
        ? select(
            'category',
            'category',
            category,
            [
              { value: '', label: t('scripts.category.any') },
              ...[...categories].map(([value, label]) => ({ value, label: clip(label, 40) })),
            ],
            t('scripts.category'),
          )
        : null
    }</form></div>
${
  shown.length === 0
    ? emptyState('script', t('scripts.none'), all.length === 0 ? t('scripts.none.text') : t('scripts.none.filtered'))
    : dataTable(
        t('scripts.title'),
        [
          { label: t('scripts.name'), kind: 'wide bare' },
          { label: t('scripts.description'), kind: 'wide bare' },
          { label: t('scripts.values') },
          { label: t('scripts.actions'), kind: 'bare tight', hidden: true },
        ],
        shown.map((s) => row(room, ctx, s, back, set)),
      )
}`,
  });
}

/** Ours, or the list of that kind. */
export function backTo(text: string, subdir: Subdir): string {
  return text.startsWith(`/scripts/${subdir}`) && /^[^\\\p{Cc}]+$/u.test(text) ? text : `/scripts/${subdir}`;
}

export function scriptRoutes(router: Router<State>, room: Room): void {
  router.get('/scripts', (ctx) => {
    const first = ['flow' as const, ...TAB_ORDER].find((s) => scriptsOf(room, s).length > 0) ?? 'flow';
    ctx.status = 303;
    ctx.redirect(`/scripts/${first}`);
  });

  router.get('/scripts/:subdir', (ctx) => {
    const subdir = subdirOf(ctx.params['subdir'] ?? '');
    if (subdir !== undefined) listPage(room, ctx, subdir);
  });

  router.post('/scripts/:subdir/:key/switch', async (ctx) => {
    const subdir = subdirOf(ctx.params['subdir'] ?? '');
    if (subdir === undefined) return;
    const script = scriptsOf(room, subdir).find((s) => s.key === ctx.params['key']);
    if (script === undefined) return;
    const on = field(ctx, 'on') === 'yes';
    const set = setOf(room, ctx, subdir);
    const conf = room.port.config.script(subdir, script.key, set);
    const path = `/scripts/${subdir}/${encodeURIComponent(script.key)}`;
    ctx.status = 303;
    if (on && needsValues(script, conf)) return ctx.redirect(`${path}?enable=1${setQuery(set, false)}`);
    const result = await room.port.config.save(subdir, script.key, switched(script, conf, on), set);
    const flashes = room.flashes;
    if (result.ok) {
      flashes.set(ctx.state.session!.hash, {
        ok: true,
        text: t(on ? 'scripts.enabled.done' : 'scripts.disabled.done', { name: script.title }),
      });
      return ctx.redirect(backTo(field(ctx, 'back', 1000), subdir));
    }
    flashes.set(ctx.state.session!.hash, { ok: false, text: result.message });
    ctx.redirect(`${path}?enable=1${setQuery(set, false)}`);
  });
}
