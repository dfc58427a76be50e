/** The form of one user script: Apply, Reset Default, Cancel; what was typed stays when something is wrong with it. */
import type Router from '@koa/router';
import type { ScriptInfo } from '../../plugins/types.ts';
import { card, facts, icon, notice } from '../components.ts';
import type { AdminContext, Room, State } from '../context.ts';
import { query } from '../context.ts';
import { clip } from '../format.ts';
import { type Errors, switchBox, type Typed } from '../forms/fields.ts';
import { builderOf, fillForm, readForm, shownHooks, typedOf } from '../forms/form.ts';
import { hookLabel } from '../forms/threshold.ts';
import { html, type Value } from '../html.ts';
import { type TextKey, t } from '../i18n.ts';
import { renderPage, tokenField } from '../layout.ts';
import { scriptsOf, setOf, setQuery, subdirOf } from './scripts.ts';

function find(room: Room, subdirText: string | undefined, key: string | undefined): ScriptInfo | undefined {
  const subdir = subdirOf(subdirText ?? '');
  return subdir === undefined ? undefined : scriptsOf(room, subdir).find((s) => s.key === key);
}

function formPage(
  room: Room,
  ctx: AdminContext,
  script: ScriptInfo,
  typed: Typed,
  errors: Errors,
  message: Value,
): void {
  const set = setOf(room, ctx, script.subdir);
  const setName = set === 0 ? undefined : room.port.config.sets().find((one) => one.id === set)?.name;
  const path = `/scripts/${script.subdir}/${encodeURIComponent(script.key)}`;
  const builder = builderOf(script);
  const hooks = shownHooks(script);
  const rest = Object.entries(errors).filter(([name]) => !(name in typed.text) && !(name in typed.list));
  const plugin = room.port.engine.plugins().find((p) => p.key === script.plugin);
  renderPage(room, ctx, {
    section: 'scripts',
    title: clip(script.title, 120),
    ownTitle: true,
    crumb: {
      href: `/scripts/${script.subdir}${setQuery(set)}`,
      label: `${t('script.back')} · ${t(`subdir.${script.subdir}` as TextKey)}`,
    },
    body: html`<div class="page-head"><div><h1>${clip(script.title, 120)}</h1><p class="lead">${clip(script.description, 400)}</p></div></div>
${script.state === 'ok' ? null : notice('warn', html`${t('scripts.broken')}: ${clip(script.reason, 300)}`)}${setName === undefined ? null : notice('info', t('configs.of', { name: clip(setName, 40) }))}${message}
<div class="columns form-columns"><section class="card"><form method="post" action="${path}${setQuery(set)}" class="edit">${tokenField(room, ctx)}
${
  builder.perHook
    ? null
    : html`<div class="field">${switchBox(`${hooks[0]}.enabled`, typed.text[`${hooks[0]}.enabled`] === 'on', t('script.enable'))}<p class="hint">${t('script.enable.hint')}</p></div>`
}
${builder.render(script, hooks, typed, errors)}
${rest.map(([, text]) => notice('bad', text))}
<div class="form-actions"><button class="primary">${t('apply')}</button><a class="button" href="/scripts/${script.subdir}${setQuery(set)}">${t('cancel')}</a><a class="button quiet" href="${path}?reset=1${setQuery(set, false)}">${icon('reload')}${t('script.reset')}</a></div>
</form></section>
<div class="stack">${card(
      t('script.about'),
      facts([
        [
          t('script.plugin'),
          plugin === undefined
            ? clip(script.plugin, 80)
            : html`<a href="/plugins/${encodeURIComponent(plugin.key)}">${clip(plugin.title, 80)}</a>`,
        ],
        [t('script.category'), html`${icon(script.categoryIcon)} ${clip(script.categoryTitle, 80)}`],
        [t('script.hooks'), script.hooks.map(hookLabel).join(', ')],
        [t('script.file'), html`<span class="mono">${clip(script.file, 160)}</span>`],
      ]),
      { icon: 'info' },
    )}</div></div>`,
  });
}

export function scriptEditRoutes(router: Router<State>, room: Room): void {
  router.get('/scripts/:subdir/:key', (ctx) => {
    const script = find(room, ctx.params['subdir'], ctx.params['key']);
    if (script === undefined) return;
    const reset = query(ctx, 'reset') !== '';
    const { config } = room.port;
    const typed = fillForm(
      script,
      reset
        ? config.defaults(script.subdir, script.key)
        : config.script(script.subdir, script.key, setOf(room, ctx, script.subdir)),
    );
    const enable = query(ctx, 'enable') !== '';
    if (enable) for (const hook of shownHooks(script).slice(0, 1)) typed.text[`${hook}.enabled`] = 'on';
    const message = reset
      ? notice('info', t('script.reset.done'))
      : enable
        ? notice('info', t('scripts.needs_values', { name: script.title }))
        : null;
    formPage(room, ctx, script, typed, {}, message);
  });

  router.post('/scripts/:subdir/:key', async (ctx) => {
    const script = find(room, ctx.params['subdir'], ctx.params['key']);
    if (script === undefined) return;
    const set = setOf(room, ctx, script.subdir);
    const typed = typedOf(ctx.state.body);
    const { conf, errors } = readForm(script, typed, room.port.config.script(script.subdir, script.key, set));
    if (Object.keys(errors).length === 0) {
      const result = await room.port.config.save(script.subdir, script.key, conf, set);
      if (result.ok) {
        room.flashes.set(ctx.state.session!.hash, { ok: true, text: t('scripts.saved', { name: script.title }) });
        ctx.status = 303;
        return ctx.redirect(`/scripts/${script.subdir}${setQuery(set)}`);
      }
      errors[result.field] = result.message;
    }
    ctx.status = 422;
    formPage(room, ctx, script, typed, errors, notice('bad', t('script.refused'), { alert: true }));
  });
}
