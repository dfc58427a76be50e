/** The frame of every page: top bar, health strip, message of the last action, content. */
import type { EngineStats } from '../messages.ts';
import { badge, emptyState, icon, notice, type Tone } from './components.ts';
import type { AdminContext, Room } from './context.ts';
import { clip, number, percent, short } from './format.ts';
import { attr, type Html, html, type Value } from './html.ts';
import { currentLanguage, setLanguage, type TextKey, t } from './i18n.ts';

export type Section = 'overview' | 'alerts' | 'devices' | 'flows' | 'plugins' | 'scripts' | 'health' | 'settings';

const NAV: { section: Section; href: string; icon: string; label: TextKey; short: TextKey }[] = [
  { section: 'overview', href: '/', icon: 'overview', label: 'nav.overview', short: 'nav.overview' },
  { section: 'alerts', href: '/alerts', icon: 'bell', label: 'nav.alerts', short: 'nav.alerts' },
  { section: 'devices', href: '/devices', icon: 'host', label: 'nav.devices', short: 'nav.devices' },
  { section: 'flows', href: '/flows', icon: 'flows', label: 'nav.flows', short: 'nav.flows' },
  { section: 'plugins', href: '/plugins', icon: 'plugin', label: 'nav.plugins', short: 'nav.plugins' },
  { section: 'scripts', href: '/scripts', icon: 'script', label: 'nav.scripts', short: 'nav.scripts.short' },
  { section: 'health', href: '/health', icon: 'health', label: 'nav.health', short: 'nav.health' },
  { section: 'settings', href: '/settings', icon: 'settings', label: 'nav.settings', short: 'nav.settings' },
];

/** The token field that every form of a request carries. */
export function tokenField(room: Room, ctx: AdminContext): Html {
  return html`<input type="hidden" name="_token" value="${room.sessions.token(ctx.state.subject)}">`;
}

function head(room: Room, title: string, chart = false): Html {
  return html`<!doctype html>
<html lang="${currentLanguage()}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · ${t('product')}</title>
<link rel="stylesheet" href="${room.assets.url('style.css')}">
<link rel="icon" type="image/svg+xml" href="${room.assets.url('favicon.svg')}">
<script type="module" src="${room.assets.url('app.js')}"></script>
${chart ? html`<link rel="stylesheet" href="${room.assets.url('chart.css')}"><link rel="modulepreload" href="${room.assets.url('chart.js')}">` : null}</head>
`;
}

function send(ctx: AdminContext, page: Html): void {
  ctx.type = 'text/html; charset=utf-8';
  ctx.body = page.text;
}

export function bell(room: Room): Html {
  const n = room.port.alerts.counts().all;
  return html`<a class="bell" id="bell" href="/alerts?ack=no" title="${t('bell', { n })}">${icon('bell')}<span class="unseen">${t('bell', { n })}</span>${
    n > 0 ? html`<span class="bell-count" aria-hidden="true">${n > 999 ? '999+' : n}</span>` : null
  }</a>`;
}

/** Packets that were there and that we did not get; `known` is false when the source cannot tell. */
export function lostPackets(stats: EngineStats): { lost: number; share: number; known: boolean } {
  const { kernelDropped, interfaceDropped } = stats.source.stats;
  const lost = (kernelDropped ?? 0) + (interfaceDropped ?? 0);
  const seen = stats.packets + lost;
  return {
    lost,
    share: seen > 0 ? (100 * lost) / seen : 0,
    known: kernelDropped !== null || interfaceDropped !== null,
  };
}

/** The interface, or the capture file without its folder. */
function sourceName(stats: EngineStats): string {
  return clip(stats.source.name.slice(stats.source.name.lastIndexOf('/') + 1), 60);
}

/** What a person must see on every page: does it capture, what is lost, is there room, what do plugins cost. */
export function strip(room: Room): Html {
  const state = room.port.engine.state();
  const stats = room.port.engine.stats();
  if (state.status !== 'running' || stats === undefined) {
    const tone: Tone = state.status === 'down' ? 'bad' : 'warn';
    return html`<div class="strip-items says">${badge(tone, t(state.status === 'down' ? 'strip.down' : 'strip.starting'))}<span>${state.reason}</span></div>`;
  }
  const { lost, share: lostShare, known } = lostPackets(stats);
  const capturing = stats.source.state.status === 'running';
  const fill = stats.flows.limit > 0 ? (100 * stats.flows.active) / stats.flows.limit : 0;
  const item = (label: string, value: Value, tone: Tone | 'rate'): Html =>
    html`<span class="strip-item ${tone}"><span class="strip-label">${label}</span> <b>${value}</b></span>`;
  return html`<div class="strip-items">${
    capturing
      ? badge(
          'ok',
          t(stats.source.kind === 'file' ? 'strip.replaying' : 'strip.capturing', { name: sourceName(stats) }),
        )
      : badge('bad', t('strip.not_capturing', { name: sourceName(stats) }))
  }${item(t('strip.rate'), t('strip.rate.value', { n: short(stats.packetsPerSecond) }), 'rate')}${item(
    t('strip.lost'),
    !known
      ? t('unknown')
      : lost === 0
        ? '0'
        : html`${short(lost)}<span class="strip-more"> (${percent(lostShare)})</span>`,
    lost === 0 ? 'plain' : lostShare > 1 ? 'bad' : 'warn',
  )}${item(t('strip.table'), percent(fill), fill > 90 ? 'bad' : fill > 75 ? 'warn' : 'plain')}${item(
    t('strip.plugins'),
    percent(stats.plugins.corePercent),
    stats.plugins.corePercent > 50 ? 'warn' : 'plain',
  )}${stats.plugins.skipped > 0 ? item(t('strip.skipped'), number(stats.plugins.skipped), 'warn') : null}</div>`;
}

export interface PageOptions {
  section: Section | 'none';
  title: string;
  /** Line below the title. */
  lead?: Value;
  /** Buttons beside the title. */
  actions?: Value;
  /** The page above this one, shown before the title. */
  crumb?: { href: string; label: string };
  /** Loads what draws charts. */
  chart?: boolean;
  /** Title is shown by the page itself. */
  ownTitle?: boolean;
  body: Value;
}

export function renderPage(room: Room, ctx: AdminContext, page: PageOptions): void {
  setLanguage(room.port.settings.get().language);
  const session = ctx.state.session;
  const flash = session === undefined ? undefined : room.flashes.get(session.hash);
  if (session !== undefined) room.flashes.delete(session.hash);
  const name = room.port.settings.get().name;
  send(
    ctx,
    html`${head(room, page.title, page.chart)}<body>
<a class="skip" href="#main">${t('skip')}</a>
<header class="top"><div class="top-in">
<a class="brand" href="/">${icon('logo')}<span><b>${t('product')}</b>${name !== '' && name !== t('product') ? html`<small>${name}</small>` : null}</span></a>
<nav class="main-nav" aria-label="${t('nav.label')}">${NAV.map(
      (n) =>
        html`<a href="${n.section === 'settings' && ctx.state.role === 'viewer' ? '/settings/account' : n.href}" class="nav-${n.section}"${attr('aria-current', n.section === page.section ? 'page' : null)}>${icon(n.icon)}<span class="long">${t(n.label)}</span>${
          n.short === n.label ? null : html`<span class="short" aria-hidden="true">${t(n.short)}</span>`
        }</a>`,
    )}</nav>
<div class="tools">${bell(room)}<form method="post" action="/logout">${tokenField(room, ctx)}<button class="tool" title="${t('logout')}">${icon('logout')}<span class="unseen">${t('logout')}</span></button></form></div>
</div></header>
<aside class="strip" aria-label="${t('strip.label')}"><a id="strip" href="/health" data-live="/live/top" data-every="5000">${strip(room)}</a></aside>
<main id="main" tabindex="-1">
${flash === undefined ? null : notice(flash.ok ? 'ok' : 'bad', flash.text, { alert: !flash.ok })}
${page.crumb === undefined ? null : html`<p class="crumb"><a href="${page.crumb.href}">${icon('chevron')}${page.crumb.label}</a></p>`}${
  page.ownTitle
    ? null
    : html`<div class="page-head"><div><h1>${page.title}</h1>${page.lead ? html`<p class="lead">${page.lead}</p>` : null}</div>${
        page.actions ? html`<div class="actions">${page.actions}</div>` : null
      }</div>`
}
${page.body}
</main>
<footer>${t('footer', { version: room.port.version, zone: zoneName() })}</footer>
</body></html>`,
  );
}

let zoneFormat = new Intl.DateTimeFormat('en', { timeZoneName: 'short' });
let zoneFormatFor = process.env['TZ'];

/** The time zone's name as it is today: "GMT+2" in summer where it is "GMT+1" in winter. */
function zoneName(): string {
  if (zoneFormatFor !== process.env['TZ']) {
    zoneFormatFor = process.env['TZ'];
    zoneFormat = new Intl.DateTimeFormat('en', { timeZoneName: 'short' });
  }
  return zoneFormat.formatToParts().find((p) => p.type === 'timeZoneName')?.value ?? 'UTC';
}

/** Setup, sign-in and errors: one card in the middle, no navigation. */
export function renderDoor(room: Room, ctx: AdminContext, title: string, body: Value): void {
  setLanguage(room.port.settings.get().language);
  send(
    ctx,
    html`${head(room, title)}<body class="door">
<main id="main"><div class="door-brand">${icon('logo')}<b>${t('product')}</b></div>
<section class="card"><h1>${title}</h1>
${body}
</section></main>
</body></html>`,
  );
}

export function errorPage(room: Room, ctx: AdminContext, status: number, text: string): void {
  if (status === 404 && ctx.state.session !== undefined) {
    const action = html`<p><a class="button" href="/">${t('error.home')}</a></p>`;
    renderPage(room, ctx, { section: 'none', title: t('error.404.title'), body: emptyState('search', text, action) });
    return;
  }
  renderDoor(
    room,
    ctx,
    status === 404 ? t('error.404.title') : t('error.title'),
    html`<p>${text}</p><p><a class="button" href="/">${t('error.home')}</a></p>`,
  );
}
