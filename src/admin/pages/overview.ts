/** What is on my network now, what changed, and what needs me. */
import type Router from '@koa/router';
import { groupMatch } from '../../alerts/group.ts';
import type { AppliancePort } from '../../appliance/port.ts';
import type { DeviceRow, HostRow } from '../../link/topics-traffic.ts';
import type { FlowRow } from '../../messages.ts';
import { isGroupText } from '../address.ts';
import { badge, bar, card, icon, severityBadge, time } from '../components.ts';
import { type AdminContext, link, query, type Room, type State } from '../context.ts';
import { bits, bytes, clip, number, percent, short } from '../format.ts';
import { type Html, html, type Value } from '../html.ts';
import { type TextKey, t } from '../i18n.ts';
import { lostPackets, renderPage } from '../layout.ts';
import { l4Name, l7Name } from '../names.ts';
import { RANGES, type Range, trafficChart, trafficOf } from '../traffic.ts';
import { matchParams } from './alert-filters.ts';
import { deviceHref, deviceName } from './devices.ts';
import { hostHref } from './hosts.ts';

const SAMPLE = 500;
const TOP = 6;
const NEEDS_ALERTS = 5;
const DAY_MS = 86_400_000;

export interface Need {
  tone: 'bad' | 'warn' | 'info';
  title: string;
  text: string;
  href: string;
  atMs?: number;
  severity?: number;
  /** How often it was seen, for alerts. */
  times?: number;
}

/** Everything that waits for the owner, worst first; alerts folded, at most five. */
export function needs(port: AppliancePort): { items: Need[]; moreAlerts: number } {
  const items: Need[] = [];
  const state = port.engine.state();
  if (state.status === 'down') {
    items.push({ tone: 'bad', title: t('overview.engine'), text: state.reason, href: '/health' });
  }
  for (const part of port.health.parts()) {
    if (!part.ok)
      items.push({ tone: 'bad', title: t('overview.part', { name: part.name }), text: part.text, href: '/health' });
  }
  const plugins = port.engine.plugins();
  for (const p of plugins) {
    if (p.state === 'running' || p.state === 'disabled') continue;
    items.push({
      tone: p.state === 'sampled' ? 'warn' : 'bad',
      title: t('overview.plugin', { name: p.title, state: t(`plugins.state.${p.state}` as TextKey) }),
      text: p.reason,
      href: `/plugins/${encodeURIComponent(p.key)}`,
    });
  }
  const open = port.alerts.groups({ acknowledged: false, offset: 0, limit: NEEDS_ALERTS }, 'thing');
  for (const g of open.items) {
    const a = g.latest;
    items.push({
      tone: g.severity >= 5 ? 'bad' : g.severity === 4 ? 'warn' : 'info',
      title: a.text,
      text: a.title,
      href:
        g.alerts === 1
          ? `/alerts/${encodeURIComponent(a._id)}`
          : link('/alerts', { ...matchParams(groupMatch(a, 'thing')), ack: 'no', group: 'none' }),
      atMs: g.lastMs,
      severity: g.severity,
      times: g.times,
    });
  }
  if (state.status === 'running' && plugins.length > 0 && !anyEnabled(port)) {
    items.push({
      tone: 'info',
      title: t('overview.no_scripts'),
      text: t('overview.no_scripts.text'),
      href: '/scripts',
    });
  }
  return { items, moreAlerts: Math.max(0, open.total - open.items.length) };
}

function anyEnabled(port: AppliancePort): boolean {
  return port.engine
    .plugins()
    .some((p) => p.scripts.some((s) => Object.values(port.config.script(s.subdir, s.key)).some((h) => h.enabled)));
}

export interface Share {
  name: string;
  bytes: number;
}

/** Bytes by protocol and by host over the largest active flows. */
export function topShares(port: AppliancePort, flows: FlowRow[]): { protocols: Share[]; hosts: Share[] } {
  const protocols = new Map<string, number>();
  const hosts = new Map<string, number>();
  const add = (map: Map<string, number>, key: string, n: number): void => {
    map.set(key, (map.get(key) ?? 0) + n);
  };
  for (const f of flows) {
    const n = f.c2s.bytes + f.s2c.bytes;
    add(protocols, f.master === 0 && f.app === 0 ? l4Name(f.proto) : l7Name(port, f), n);
    if (!f.client.group) add(hosts, f.client.ip, n);
    if (!f.server.group) add(hosts, f.server.ip, n);
  }
  const top = (map: Map<string, number>): Share[] =>
    [...map]
      .sort((a, b) => b[1] - a[1])
      .slice(0, TOP)
      .map(([name, n]) => ({ name, bytes: n }));
  return { protocols: top(protocols), hosts: top(hosts) };
}

/** What the page asks of the engine; each part is undefined where there is no answer. */
async function asked(room: Room) {
  const { engine } = room.port;
  const no = () => undefined;
  const hosts = (local: boolean) =>
    engine.ask('hosts', { search: '', offset: 0, limit: TOP * 3, sort: 'bytes', local }).catch(no);
  const [newest, busiest, remote, day] = await Promise.all([
    engine.ask('devices', { search: '', offset: 0, limit: TOP, sort: 'first' }).catch(no),
    engine.ask('devices', { search: '', offset: 0, limit: TOP, sort: 'bytes' }).catch(no),
    hosts(false),
    engine.ask('history', { what: 'protocols', step: 'hour', steps: 24, top: TOP }).catch(no),
  ]);
  const protocols = (day?.series ?? [])
    .map((s) => ({ key: s.key, id: s.id, bytes: s.values.reduce<number>((sum, v) => sum + (v ?? 0), 0) }))
    .filter((s) => s.bytes > 0);
  return { newest, busiest, remote, protocols };
}

interface Line {
  name: string;
  href: string | undefined;
  bytes: number;
  under?: string;
}

function shareList(lines: Line[]): Value {
  if (lines.length === 0) return html`<p class="muted">${t('overview.quiet')}</p>`;
  const max = lines.reduce((most, l) => Math.max(most, l.bytes), 0);
  return html`<ul class="shares">${lines.map(
    (l) =>
      html`<li>${l.href === undefined ? html`<span class="muted">${clip(l.name, 60)}</span>` : html`<a href="${l.href}">${clip(l.name, 60)}</a>`}<span class="figure">${bytes(l.bytes)}</span>${bar(l.name, l.bytes, max)}</li>`,
  )}</ul>`;
}

const noted = (title: string, text: string): string => `${title} · ${text}`;

function tile(label: string, value: string, sub: string, iconName: string, href: string): Html {
  return html`<a class="tile" href="${href}"><span class="tile-label">${icon(iconName)}${label}</span><b>${value}</b><span class="muted">${sub}</span></a>`;
}

function tiles(room: Room, devices: { total: number } | undefined, online: number): Html | null {
  const stats = room.port.engine.stats();
  if (stats === undefined) return null;
  const lost = lostPackets(stats);
  return html`<div class="tiles">${tile(t('overview.traffic'), bits(stats.bitsPerSecond), t('overview.packets', { n: Math.round(stats.packetsPerSecond) }), 'overview', '/flows')}${tile(
    t('overview.flows'),
    number(stats.flows.active),
    t('overview.flows.sub', { share: percent((100 * stats.flows.active) / Math.max(1, stats.flows.limit)) }),
    'flows',
    '/flows',
  )}${
    devices === undefined || devices.total === 0
      ? tile(
          t('overview.hosts'),
          number(stats.hosts.active),
          t('overview.hosts.sub', { limit: short(stats.hosts.limit) }),
          'host',
          '/hosts',
        )
      : tile(
          t('overview.devices'),
          number(devices.total),
          online > 0
            ? t('overview.hosts.active', { n: stats.hosts.active })
            : t('overview.devices.sub', { n: devices.total }),
          'host',
          '/devices',
        )
  }${tile(
    t('overview.lost'),
    lost.known ? short(lost.lost) : t('unknown'),
    !lost.known
      ? t('overview.lost.unknown')
      : lost.lost === 0
        ? t('overview.lost.none')
        : t('overview.lost.sub', { share: percent(lost.share) }),
    'eye',
    '/health',
  )}</div>`;
}

function needsCard(port: AppliancePort): Html {
  const { items, moreAlerts } = needs(port);
  if (items.length === 0) {
    return card(
      t('overview.needs'),
      html`<div class="calm">${icon('check')}<div><b>${t('overview.needs.none')}</b><p class="muted">${t('overview.needs.none.text')}</p></div></div>`,
    );
  }
  return card(
    t('overview.needs'),
    html`<ul class="needs">${items.map(
      (n) =>
        html`<li><a href="${n.href}"><span class="need-head">${
          n.severity === undefined ? badge(n.tone, n.title) : severityBadge(n.severity)
        }${n.atMs === undefined ? null : html`<span class="muted">${n.times === undefined || n.times < 2 ? null : `${t('overview.times', { n: n.times })}, `}${time(n.atMs)}</span>`}</span><span class="need-text">${
          n.severity === undefined ? n.text : n.title
        }</span></a></li>`,
    )}</ul>${moreAlerts > 0 ? html`<p class="card-foot"><a href="/alerts?ack=no">${t('overview.needs.more', { n: moreAlerts })}</a></p>` : null}`,
  );
}

/** New devices, kinds of alerts never seen before, restarts, and what was silenced. */
function changedCard(room: Room, newest: DeviceRow[], nowMs: number): Html {
  const { port } = room;
  const since = nowMs - DAY_MS;
  const fresh = newest.filter((d) => d.firstMs >= since);
  const kinds = port.alerts
    .groups({ offset: 0, limit: 200 }, 'type')
    .items.filter((g) => g.firstMs >= since)
    .slice(0, TOP);
  const { restarts } = port.engine.state();
  const hidden = port.exclusions.hiddenToday();
  const lines: Html[] = [
    ...fresh.map(
      (d) =>
        html`<li>${badge('info', t('overview.changed.device'), 'host')} <span><a href="${deviceHref(d.id)}">${deviceName(d)}</a> <span class="muted">${d.addresses[0]?.ip ?? ''} · ${time(d.firstMs)}</span></span></li>`,
    ),
    ...kinds.map(
      (g) =>
        html`<li>${badge('plain', t('overview.changed.alert'), 'bell')} <span><a href="${link('/alerts', matchParams(groupMatch(g.latest, 'type')))}">${clip(g.latest.title, 100)}</a> <span class="muted">${time(g.firstMs)}</span></span></li>`,
    ),
    ...(restarts > 0
      ? [
          html`<li>${icon('reload')}<span><a href="/health">${t('overview.changed.engine', { n: restarts })}</a></span></li>`,
        ]
      : []),
    ...(hidden > 0
      ? [
          html`<li>${icon('mute')}<span><a href="/exclusions">${t('overview.changed.hidden', { n: hidden })}</a></span></li>`,
        ]
      : []),
  ];
  return card(
    t('overview.changed'),
    lines.length === 0
      ? html`<p class="muted">${t('overview.changed.none')}</p>`
      : html`<ul class="lines">${lines}</ul>`,
  );
}

const rangeOf = (ctx: AdminContext): Range => RANGES.find((r) => r === query(ctx, 'range')) ?? '24h';

const destination = (h: HostRow): Line => ({
  name: h.name === '' ? h.ip : noted(h.name, h.ip),
  href: hostHref(h.ip, h.vlan),
  bytes: h.bytesSent + h.bytesRcvd,
});

async function overviewPage(room: Room, ctx: AdminContext): Promise<void> {
  const { port } = room;
  const range = rangeOf(ctx);
  const [known, traffic] = await Promise.all([asked(room), trafficOf(room, range)]);
  const { newest, busiest, remote, protocols } = known;
  // Without an engine that keeps books, the largest flows of this moment have to do.
  const sample =
    protocols.length > 0 && remote !== undefined
      ? undefined
      : await port.engine.flows({ search: '', limit: SAMPLE, sort: 'bytes' }).catch(() => undefined);
  const top = topShares(port, sample?.items ?? []);
  const byProtocol: Line[] =
    protocols.length > 0
      ? protocols.map((p) => ({
          name: p.key === 'other' ? t('overview.other') : p.key,
          href: p.key === 'other' ? undefined : link('/flows', { search: p.key }),
          bytes: p.bytes,
        }))
      : top.protocols.map((p) => ({ ...p, href: link('/flows', { search: p.name }) }));
  const sampled = t('overview.sample', { n: sample?.items.length ?? 0 });
  const sub = (text: string): Html => html`<span class="muted small">${text}</span>`;
  renderPage(room, ctx, {
    section: 'overview',
    title: t('overview.title'),
    chart: true,
    body: html`${tiles(room, busiest, (busiest?.items ?? []).filter((d) => d.online).length)}
${trafficChart(traffic, range, (r) => link('/', { range: r === '24h' ? undefined : r }))}
<div class="columns below"><div class="stack">${needsCard(port)}${changedCard(room, newest?.items ?? [], Date.now())}</div><div class="stack">${card(
      t('overview.protocols'),
      shareList(byProtocol),
      { action: sub(protocols.length > 0 ? t('overview.protocols.sub') : sampled) },
    )}${
      busiest === undefined || busiest.items.length === 0
        ? card(t('overview.hosts'), shareList(top.hosts.map((h) => ({ ...h, href: hostHref(h.name) }))), {
            action: sub(sampled),
          })
        : card(
            t('overview.talkers'),
            shareList(
              busiest.items.map((d) => ({
                name: deviceName(d),
                href: deviceHref(d.id),
                bytes: d.bytesSent + d.bytesRcvd,
              })),
            ),
            { action: sub(t('overview.since')) },
          )
    }${
      remote === undefined
        ? null
        : card(
            t('overview.destinations'),
            shareList(
              remote.items
                .filter((h) => !isGroupText(h.ip))
                .slice(0, TOP)
                .map(destination),
            ),
            { action: sub(t('overview.since')) },
          )
    }</div></div>`,
  });
}

export function overviewRoutes(router: Router<State>, room: Room): void {
  router.get('/', (ctx) => overviewPage(room, ctx));

  router.get('/live/traffic', async (ctx) => {
    const traffic = await trafficOf(room, rangeOf(ctx));
    ctx.type = 'application/json; charset=utf-8';
    const none = { fromMs: 0, stepMs: 60_000, bits: [], dropped: [], blind: [] };
    const zoneMs = -new Date().getTimezoneOffset() * 60_000;
    ctx.body = JSON.stringify({ zoneMs, ...(traffic ?? none) });
  });
}
