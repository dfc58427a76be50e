/** Health: what was not seen, how full the tables are, what plugins cost, what the parts say. */
import type Router from '@koa/router';
import type { Verdict } from '../../doctor/verdict.ts';
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
  const machine = machineCard(room);
  return html`<div id="figures" data-live="/live/health" data-every="3000"><div class="columns even"><div class="stack">${parts}${notices}${
    stats === undefined ? null : html`${captureCard(stats)}${pluginsCard(stats)}`
  }</div><div class="stack">${machine}${tables}${processes}</div></div></div>`;
}

/** Bytes a day at the pace since the start; a card of 32 GB bears some 10 TB in its life. */
function aDay(total: number, seconds: number): number {
  return (total * 86_400) / Math.max(seconds, 3600);
}

/** The machine, its clock, and what goes to the card. */
function machineCard(room: Room): Html {
  const m = room.port.health.machine();
  const used = m.memory.totalBytes - m.memory.availableBytes;
  const total = m.writes.appliance + (m.writes.engine ?? 0);
  const mode = room.port.settings.get().writes;
  const hot = m.temperature ?? 0;
  return card(
    t('health.machine'),
    facts([
      fillFact(t('health.machine.memory'), used, m.memory.totalBytes, null, bytes),
      fillFact(
        t('health.machine.storage'),
        m.storage.totalBytes - m.storage.freeBytes,
        m.storage.totalBytes,
        null,
        bytes,
      ),
      [
        t('health.machine.temperature'),
        m.temperature === undefined
          ? t('unknown')
          : html`${badge(hot >= 80 ? 'bad' : hot >= 70 ? 'warn' : 'ok', `${m.temperature.toFixed(0)} °C`)}`,
      ],
      [t('health.machine.load'), t('health.machine.load.of', { load: m.load.one.toFixed(2), n: m.load.cores })],
      [
        t('health.machine.clock'),
        badge(m.clock === 'right' ? 'ok' : m.clock === 'wrong' ? 'bad' : 'plain', t(`health.machine.clock.${m.clock}`)),
      ],
      [
        t('health.writes'),
        html`${bytes(total)} <span class="muted">${t('health.writes.day', { size: bytes(aDay(total, m.writes.seconds)) })}</span>`,
      ],
      [t('health.writes.appliance'), bytes(m.writes.appliance)],
      [t('health.writes.engine'), m.writes.engine === undefined ? t('unknown') : bytes(m.writes.engine)],
      [
        t('health.writes.mode'),
        html`${t(mode === 'memory' ? 'health.writes.memory' : 'health.writes.card')} <a href="/settings#section-storage">${t('health.writes.change')}</a>`,
      ],
    ]),
    { icon: 'chip', id: 'machine' },
  );
}

const LEVEL_TONES: Record<Verdict['level'], Tone> = { good: 'ok', warn: 'warn', bad: 'bad', unknown: 'plain' };

/** What the doctor says of the mirror port, worst first. */
async function doctorCard(room: Room): Promise<Html> {
  const report = await room.port.engine.ask('doctor', {}, 3000).catch((error: Error) => error);
  if (report instanceof Error)
    return card(
      t('health.doctor'),
      html`<p class="muted">${t('health.doctor.none', { why: clip(report.message, 200) })}</p>`,
      { icon: 'health', id: 'doctor' },
    );
  const order = ['bad', 'warn', 'good', 'unknown'];
  const verdicts = [...report.verdicts].sort((a, b) => order.indexOf(a.level) - order.indexOf(b.level));
  return card(
    t('health.doctor'),
    html`<p class="muted">${t('health.doctor.lead', { n: report.packets, time: duration(report.seconds * 1000) })}</p><ul class="lines">${verdicts.map(
      (v) =>
        html`<li>${badge(LEVEL_TONES[v.level] ?? 'plain', clip(v.title, 80))} <span>${clip(v.text, 400)}${v.advice === '' ? null : html` <em>${clip(v.advice, 400)}</em>`}</span></li>`,
    )}</ul>`,
    { icon: 'health', id: 'doctor' },
  );
}

/** Capture quality, minute by minute: only minutes in which something was missed are worth a row. */
async function qualityCard(room: Room): Promise<Html> {
  const answer = await room.port.engine.ask('quality', { minutes: 1440 }, 3000).catch(() => undefined);
  if (answer === undefined) return html``;
  const bad = answer.minutes.filter(
    (m) =>
      (m.kernelDropped ?? 0) + (m.interfaceDropped ?? 0) + m.truncated + m.evicted + m.hooksSkipped + m.blindMs > 0,
  );
  const shown = bad.slice(-20).reverse();
  return card(
    t('health.quality'),
    html`<p class="muted">${t('health.quality.lead', { n: answer.minutes.length, bad: bad.length })}</p>${
      shown.length === 0
        ? html`<p>${badge('ok', t('health.quality.none'))}</p>`
        : dataTable(
            t('health.quality'),
            [
              { label: t('health.quality.minute'), kind: 'bare head' },
              { label: t('health.capture.packets'), kind: 'num' },
              { label: t('health.capture.kernel'), kind: 'num' },
              { label: t('health.capture.interface'), kind: 'num' },
              { label: t('health.capture.truncated'), kind: 'num' },
              { label: t('health.quality.evicted'), kind: 'num' },
              { label: t('health.plugins.skipped'), kind: 'num' },
              { label: t('health.quality.blind'), kind: 'num' },
            ],
            shown.map((m) => [
              time(m.atMs),
              number(m.packets),
              m.kernelDropped === null ? t('unknown') : number(m.kernelDropped),
              m.interfaceDropped === null ? t('unknown') : number(m.interfaceDropped),
              number(m.truncated),
              number(m.evicted),
              number(m.hooksSkipped),
              m.blindMs > 0 ? duration(m.blindMs) : '0',
            ]),
          )
    }`,
    { icon: 'gauge', id: 'quality' },
  );
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
  router.get('/health', async (ctx) => {
    const stats = room.port.engine.stats();
    const [doctor, quality] = await Promise.all([doctorCard(room), qualityCard(room)]);
    renderPage(room, ctx, {
      section: 'health',
      title: t('health.title'),
      body: html`${figures(room)}<div class="stack below">${doctor}${quality}${stats === undefined ? null : countersCard(stats)}${logCard(room)}</div>`,
    });
  });

  router.get('/live/health', (ctx) => {
    ctx.type = 'text/html; charset=utf-8';
    ctx.body = figures(room).text;
  });
}
