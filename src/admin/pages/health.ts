/** Health: what was not seen, how full the tables are, what plugins cost, what the parts say. */
import type Router from '@koa/router';
import type { EngineStats } from '../../messages.ts';
import { badge, bar, card, dataTable, facts, icon, notice, type Tone, time } from '../components.ts';
import type { Room, State } from '../context.ts';
import { bits, bytes, clip, duration, number, percent } from '../format.ts';
import { type Html, html, type Value } from '../html.ts';
import { type TextKey, t } from '../i18n.ts';
import { lostPackets, renderPage } from '../layout.ts';

const MAX_COUNTERS = 400;
const MAX_LINES = 200;

function fillFact(
  label: string,
  n: number,
  limit: number,
  evicted: number | null,
  show: (n: number) => string = number,
): [string, Value] {
  const tone: Tone = n > 0.9 * limit ? 'bad' : n > 0.75 * limit ? 'warn' : 'info';
  return [
    label,
    html`<span class="with-bar">${t('health.of', { n: show(n), limit: show(limit) })}${
      evicted === null || evicted === 0
        ? null
        : html` <span class="muted">${t('health.evicted', { n: evicted })}</span>`
    }${bar(label, n, limit, tone)}</span>`,
  ];
}

function captureCard(stats: EngineStats): Html {
  const { source } = stats;
  const { lost, share, known } = lostPackets(stats);
  const count = (n: number | null): string => (n === null ? t('unknown') : number(n));
  return card(
    t('health.capture'),
    html`${known && lost > 0 ? notice(share > 1 ? 'bad' : 'warn', `${t('overview.lost')}: ${t('overview.lost.sub', { share: percent(share) })}`) : null}${facts(
      [
        [t('health.capture.source'), html`${clip(source.kind, 20)} <span class="mono">${clip(source.name, 80)}</span>`],
        [
          t('health.capture.state'),
          html`${badge(source.state.status === 'running' ? 'ok' : source.state.status === 'failed' ? 'bad' : 'warn', source.state.status)} ${clip(source.state.text, 200)}`,
        ],
        [t('health.capture.packets'), number(stats.packets)],
        [t('health.capture.bytes'), bytes(stats.bytes)],
        [
          t('health.capture.rate'),
          `${t('overview.packets', { n: Math.round(stats.packetsPerSecond) })} · ${bits(stats.bitsPerSecond)}`,
        ],
        [t('health.capture.kernel'), count(source.stats.kernelDropped)],
        [t('health.capture.interface'), count(source.stats.interfaceDropped)],
        [t('health.capture.truncated'), number(source.stats.truncated)],
      ],
    )}`,
    { icon: 'eye' },
  );
}

function countersCard(stats: EngineStats): Html {
  const rows = Object.entries(stats.counters)
    .filter(([, n]) => n > 0)
    .sort((a, b) => a[0].localeCompare(b[0]))
    .slice(0, MAX_COUNTERS);
  return card(
    t('health.counters'),
    rows.length === 0
      ? html`<p class="muted">${t('health.counters.none')}</p>`
      : html`<p class="muted">${t('health.counters.lead')}</p>${dataTable(
          t('health.counters'),
          [
            { label: t('health.counter'), kind: 'bare' },
            { label: t('health.value'), kind: 'num' },
          ],
          rows.map(([name, n]) => [html`<span class="mono">${clip(name, 100)}</span>`, number(n)]),
          true,
        )}`,
    { icon: 'gauge', id: 'counters' },
  );
}

function logCard(room: Room): Html {
  const lines = room.port.engine.logs().slice(-MAX_LINES).reverse();
  return card(
    t('health.logs'),
    lines.length === 0
      ? html`<p class="muted">${t('health.logs.none')}</p>`
      : html`<div class="log" tabindex="0" role="region" aria-label="${t('health.logs')}">${lines.map(
          (l) =>
            html`<p class="${l.level === 'error' ? 'bad' : l.level === 'warn' ? 'warn' : ''}">${time(l.atMs)} <b>${clip(l.source, 60)}</b> ${clip(l.text, 500)}</p>`,
        )}</div>`,
    { icon: 'file', id: 'log' },
  );
}

/** Everything but counters and log renews itself. */
function figures(room: Room): Html {
  const { port } = room;
  const stats = port.engine.stats();
  const state = port.engine.state();
  const process = port.health.process();
  const store = port.alerts.health();
  const parts = card(
    t('health.parts'),
    html`<ul class="lines">${port.health
      .parts()
      .map(
        (p) => html`<li>${badge(p.ok ? 'ok' : 'bad', clip(p.name, 60))} <span>${clip(p.text, 300)}</span></li>`,
      )}</ul>`,
    { icon: 'health' },
  );
  const tables = card(
    t('health.tables'),
    facts([
      ...(stats === undefined
        ? []
        : [
            fillFact(t('health.flows'), stats.flows.active, stats.flows.limit, stats.flows.evicted),
            fillFact(t('health.hosts'), stats.hosts.active, stats.hosts.limit, stats.hosts.evicted),
            fillFact(t('health.queue'), stats.plugins.queue, stats.plugins.queueLimit, null),
          ]),
      fillFact(t('health.alerts'), store.documents, store.limit, null),
      fillFact(t('health.alerts.file'), store.fileBytes, store.fileLimit, null, bytes),
      [t('health.store.dropped'), number(store.dropped)],
      [t('health.store.pending'), number(store.pendingWrites)],
      [t('health.store.written'), bytes(store.bytesWrittenToday)],
    ]),
    { icon: 'database' },
  );
  const processes = card(
    t('health.process'),
    facts([
      [
        t('health.process.engine'),
        html`${badge(state.status === 'running' ? 'ok' : state.status === 'down' ? 'bad' : 'warn', t(`engine.${state.status}` as TextKey))} ${clip(state.reason, 300)}`,
      ],
      [t('health.process.engine.memory'), stats === undefined ? '' : bytes(stats.memory.rssBytes)],
      [t('health.process.engine.uptime'), stats === undefined ? '' : duration(stats.uptimeMs)],
      [t('health.process.restarts'), number(state.restarts)],
      [t('health.process.appliance.memory'), bytes(process.rssBytes)],
      [t('health.process.uptime'), duration(process.uptimeMs)],
      [t('health.process.delay'), `${process.loopDelayP99Ms.toFixed(1)} ms`],
      [t('health.process.version'), `${process.version} · Node ${process.node}`],
    ]),
    { icon: 'chip' },
  );
  const notices =
    store.notices.length === 0
      ? null
      : card(
          t('health.notices'),
          html`<ul class="lines">${store.notices.map((n) => html`<li>${icon('warning')}<span>${clip(n, 400)}</span></li>`)}</ul>`,
          { icon: 'warning' },
        );
  return html`<div id="figures" data-live="/live/health" data-every="3000"><div class="columns even"><div class="stack">${parts}${notices}${
    stats === undefined ? null : html`${captureCard(stats)}${pluginsCard(stats)}`
  }</div><div class="stack">${tables}${processes}</div></div></div>`;
}

function pluginsCard(stats: EngineStats): Html {
  return card(
    t('health.plugins'),
    facts([
      [t('health.plugins.calls'), number(stats.plugins.calls)],
      [t('health.plugins.skipped'), number(stats.plugins.skipped)],
      [t('health.plugins.core'), percent(stats.plugins.corePercent)],
      [t('health.plugins.restarts'), number(stats.plugins.restarts)],
    ]),
    { icon: 'plugin', action: html`<a href="/plugins">${t('plugins.meter')}</a>` },
  );
}

/** The figures as a live part. */
export const healthFigures = (room: Room): string => figures(room).text;

export function healthRoutes(router: Router<State>, room: Room): void {
  router.get('/health', (ctx) => {
    const stats = room.port.engine.stats();
    renderPage(room, ctx, {
      section: 'health',
      title: t('health.title'),
      body: html`${figures(room)}<div class="stack below">${stats === undefined ? null : countersCard(stats)}${logCard(room)}</div>`,
    });
  });

  router.get('/live/health', (ctx) => {
    ctx.type = 'text/html; charset=utf-8';
    ctx.body = figures(room).text;
  });
}
