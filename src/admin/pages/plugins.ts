/** Plugins: what runs, what it costs, what went wrong; reload and release. */
import type Router from '@koa/router';
import type { PluginError, PluginInfo } from '../../plugins/types.ts';
import { badge, bar, card, dataTable, emptyState, facts, icon, notice, type Tone, time } from '../components.ts';
import { type AdminContext, field, type Room, type State } from '../context.ts';
import { bytes, clip, microseconds, number, percent } from '../format.ts';
import { type Html, html, type Value } from '../html.ts';
import { type TextKey, t } from '../i18n.ts';
import { renderPage, tokenField } from '../layout.ts';

const TONES: Record<PluginInfo['state'], Tone> = {
  running: 'ok',
  disabled: 'plain',
  error: 'bad',
  sampled: 'warn',
  paused: 'warn',
  quarantined: 'bad',
};

function stateBadge(p: PluginInfo): Html {
  return badge(TONES[p.state], t(`plugins.state.${p.state}` as TextKey));
}

function errorLine(e: PluginError): Html {
  return html`<span class="mono">${t('plugins.error.at', { file: clip(e.file, 120), line: String(e.line) })}</span>: ${clip(e.message, 400)}`;
}

function releaseForm(room: Room, ctx: AdminContext, p: PluginInfo): Value {
  if (p.state !== 'quarantined') return null;
  return html`<form method="post" action="/plugins/${encodeURIComponent(p.key)}/release">${tokenField(room, ctx)}<button>${icon('reload')}${t('plugins.release')}</button></form>`;
}

/** What the plugin asks for, each with its answer so far and the buttons that give another. */
function permissionsCard(room: Room, ctx: AdminContext, p: PluginInfo): Html {
  const path = `/plugins/${encodeURIComponent(p.key)}/permissions`;
  const allow = html`<button name="answer" value="granted">${t('permission.allow')}</button>`;
  const refuse = html`<button name="answer" value="refused" class="quiet">${t('permission.refuse')}</button>`;
  return card(
    t('workshop.permissions'),
    p.permissions.length === 0
      ? html`<p class="muted">${t('workshop.permissions.none')}</p>`
      : html`<ul class="lines">${p.permissions.map(
          (asked) =>
            html`<li>${icon('key')}<span>${t(`permission.${asked.id}`)} ${badge(asked.state === 'asked' ? 'warn' : 'plain', t(`permission.state.${asked.state}`))}
<form method="post" action="${path}" class="inline">${tokenField(room, ctx)}<input type="hidden" name="permission" value="${asked.id}">${asked.state === 'granted' ? null : allow}${asked.state === 'refused' ? null : refuse}</form></span></li>`,
        )}</ul>`,
    { icon: 'key' },
  );
}

function nameCell(room: Room, ctx: AdminContext, p: PluginInfo): Html {
  const last = p.errors.at(-1);
  return html`<a class="row-link" href="/plugins/${encodeURIComponent(p.key)}">${clip(p.title, 100)}</a>
<p class="muted">${clip(p.description, 300)}</p><p class="muted small">${clip(p.version, 20)}${p.author === '' ? null : html` · ${t('plugins.by', { author: clip(p.author, 60) })}`}</p>${
    p.state === 'running' || p.reason === '' ? null : html`<p class="trouble">${clip(p.reason, 300)}</p>`
  }${last === undefined ? null : html`<p class="trouble small">${t('plugins.last_error')} ${time(last.atMs)}: ${errorLine(last)}</p>`}${releaseForm(room, ctx, p)}`;
}

function listPage(room: Room, ctx: AdminContext): void {
  const plugins = [...room.port.engine.plugins()].sort(
    (a, b) => Number(a.state === 'running') - Number(b.state === 'running') || a.title.localeCompare(b.title),
  );
  renderPage(room, ctx, {
    section: 'plugins',
    title: t('plugins.title'),
    lead: t('plugins.lead', { n: plugins.length }),
    actions: html`<a class="button" href="/recipients">${icon('bell')}${t('plugins.recipients')}</a><a class="button" href="/workshop">${icon('edit')}${t('workshop.open')}</a><form method="post" action="/plugins/reload">${tokenField(room, ctx)}<button class="primary" data-busy>${icon('reload')}${t('plugins.reload')}</button></form>`,
    body:
      plugins.length === 0
        ? emptyState('plugin', t('plugins.none'), t('plugins.none.text'))
        : dataTable(
            t('plugins.title'),
            [
              { label: t('plugins.name'), kind: 'wide bare' },
              { label: t('plugins.state'), kind: 'bare' },
              { label: t('plugins.calls'), kind: 'num' },
              { label: t('plugins.p50'), kind: 'num' },
              { label: t('plugins.p99'), kind: 'num' },
              { label: t('plugins.core'), kind: 'num' },
              { label: t('plugins.memory'), kind: 'num' },
              { label: t('plugins.skipped'), kind: 'num' },
              { label: t('plugins.errors'), kind: 'num' },
              { label: t('plugins.alerts'), kind: 'num' },
            ],
            plugins.map((p) => [
              nameCell(room, ctx, p),
              stateBadge(p),
              number(p.meter.calls),
              microseconds(p.meter.p50Us),
              microseconds(p.meter.p99Us),
              percent(p.meter.corePercent),
              memory(p),
              number(p.meter.skipped),
              number(p.meter.errors),
              number(p.meter.alerts),
            ]),
          ),
  });
}

function memory(p: PluginInfo): Html {
  const { memoryBytes, memoryLimit } = p.meter;
  const tone: Tone = memoryBytes > 0.9 * memoryLimit ? 'bad' : memoryBytes > 0.7 * memoryLimit ? 'warn' : 'info';
  const text = t('plugins.memory.of', { used: bytes(memoryBytes), limit: bytes(memoryLimit) });
  return html`<span class="with-bar">${text}${bar(text, memoryBytes, memoryLimit, tone)}</span>`;
}

function detailPage(room: Room, ctx: AdminContext, p: PluginInfo): void {
  renderPage(room, ctx, {
    section: 'plugins',
    title: clip(p.title, 100),
    ownTitle: true,
    crumb: { href: '/plugins', label: t('plugins.back') },
    body: html`<div class="page-head"><div><h1>${clip(p.title, 100)}</h1><p class="lead">${clip(p.description, 600)}</p><p class="chips">${stateBadge(p)}</p></div><div class="actions"><a class="button" href="/workshop/${encodeURIComponent(p.key)}">${icon('radar')}${t('workshop.try')}</a>${releaseForm(room, ctx, p)}</div></div>
${p.state === 'running' || p.reason === '' ? null : notice(TONES[p.state], clip(p.reason, 400))}
<div class="columns"><div class="stack">${card(
      t('plugins.scripts'),
      p.scripts.length === 0
        ? html`<p class="muted">${t('none')}</p>`
        : html`<ul class="lines">${p.scripts.map(
            (s) =>
              html`<li>${icon(s.categoryIcon)}<span><a href="/scripts/${s.subdir}/${encodeURIComponent(s.key)}">${clip(s.title, 100)}</a> <span class="muted">${t(`subdir.${s.subdir}` as TextKey)} · <span class="mono">${clip(s.file, 100)}</span></span>${
                s.state === 'ok' ? null : html` <span class="trouble">${clip(s.reason, 200)}</span>`
              }</span></li>`,
          )}</ul>`,
      { icon: 'script' },
    )}${card(
      t('plugins.errors.list'),
      p.errors.length === 0
        ? html`<p class="muted">${t('plugins.errors.none')}</p>`
        : html`<ul class="lines">${p.errors
            .slice(-20)
            .reverse()
            .map((e) => html`<li><span><span class="muted">${time(e.atMs)}</span> ${errorLine(e)}</span></li>`)}</ul>`,
      { icon: 'error' },
    )}</div><div class="stack">${card(
      t('plugins.meter'),
      facts([
        [t('plugins.calls'), number(p.meter.calls)],
        [t('plugins.p50'), microseconds(p.meter.p50Us)],
        [t('plugins.p99'), microseconds(p.meter.p99Us)],
        [t('plugins.core'), percent(p.meter.corePercent)],
        [t('plugins.memory'), memory(p)],
        [t('plugins.skipped'), number(p.meter.skipped)],
        [t('plugins.errors'), number(p.meter.errors)],
        [
          t('plugins.alerts'),
          html`<a href="/alerts?plugin=${encodeURIComponent(p.key)}">${number(p.meter.alerts)}</a>`,
        ],
      ]),
      { icon: 'gauge' },
    )}${permissionsCard(room, ctx, p)}${card(
      t('details'),
      facts([
        [t('plugins.author'), clip(p.author, 100)],
        [t('plugins.version'), clip(p.version, 40)],
        [t('plugins.path'), html`<span class="mono">${clip(p.path, 200)}</span>`],
        [t('plugins.engine'), p.engine],
      ]),
      { icon: 'info' },
    )}</div></div>`,
  });
}

export function pluginRoutes(router: Router<State>, room: Room): void {
  const named = (ctx: AdminContext) => room.port.engine.plugins().find((p) => p.key === ctx.params['key']);

  router.get('/plugins', (ctx) => listPage(room, ctx));

  router.post('/plugins/reload', async (ctx) => {
    const result = await room.port.engine.reloadPlugins().catch((error: unknown) => ({
      ok: false,
      text: error instanceof Error ? error.message : t('error.500'),
    }));
    room.flashes.set(ctx.state.session!.hash, { ok: result.ok, text: clip(result.text, 500) });
    ctx.status = 303;
    ctx.redirect('/plugins');
  });

  router.get('/plugins/:key', (ctx) => {
    const plugin = named(ctx);
    if (plugin !== undefined) detailPage(room, ctx, plugin);
  });

  router.post('/plugins/:key/release', async (ctx) => {
    const plugin = named(ctx);
    if (plugin === undefined) return;
    await room.port.engine.releasePlugin(plugin.key);
    room.flashes.set(ctx.state.session!.hash, { ok: true, text: t('plugins.released') });
    ctx.status = 303;
    ctx.redirect('/plugins');
  });

  router.post('/plugins/:key/permissions', async (ctx) => {
    const plugin = named(ctx);
    const asked = plugin?.permissions.find((p) => p.id === field(ctx, 'permission', 20));
    if (plugin === undefined || asked === undefined) return;
    const granted = field(ctx, 'answer', 20) === 'granted';
    const saved = await room.port.config.permit(plugin.key, asked.id, granted);
    const text = saved.ok ? t(granted ? 'permission.allowed' : 'permission.refused') : clip(saved.message, 300);
    room.flashes.set(ctx.state.session!.hash, { ok: saved.ok, text });
    ctx.status = 303;
    ctx.redirect(`/plugins/${encodeURIComponent(plugin.key)}`);
  });
}
