/** What is on my network now, and what needs me. */
import type Router from '@koa/router';
import type { AppliancePort } from '../../appliance/port.ts';
import type { FlowRow } from '../../messages.ts';
import { badge, bar, card, icon, severityBadge, time } from '../components.ts';
import type { Room, State } from '../context.ts';
import { bits, bytes, clip, number, percent, short } from '../format.ts';
import { type Html, html, type Value } from '../html.ts';
import { type TextKey, t } from '../i18n.ts';
import { lostPackets, renderPage } from '../layout.ts';
import { l4Name, l7Name } from '../names.ts';

const SAMPLE = 500;
const TOP = 6;

export interface Need {
  tone: 'bad' | 'warn' | 'info';
  title: string;
  text: string;
  href: string;
  atMs?: number;
  severity?: number;
}

/** Everything that waits for the owner, worst first; alerts at most five. */
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
  const open = port.alerts.query({ acknowledged: false, offset: 0, limit: 5 });
  for (const a of open.items) {
    items.push({
      tone: a.severity >= 5 ? 'bad' : a.severity === 4 ? 'warn' : 'info',
      title: a.text,
      text: a.title,
      href: `/alerts/${encodeURIComponent(a._id)}`,
      atMs: a.lastMs,
      severity: a.severity,
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

function shareList(shares: Share[], href: (name: string) => string): Value {
  if (shares.length === 0) return html`<p class="muted">${t('overview.quiet')}</p>`;
  const max = shares[0]!.bytes;
  return html`<ul class="shares">${shares.map(
    (s) =>
      html`<li><a href="${href(s.name)}">${clip(s.name, 60)}</a><span class="figure">${bytes(s.bytes)}</span>${bar(s.name, s.bytes, max)}</li>`,
  )}</ul>`;
}

function tile(label: string, value: string, sub: string, iconName: string): Html {
  return html`<div class="tile"><span class="tile-label">${icon(iconName)}${label}</span><b>${value}</b><span class="muted">${sub}</span></div>`;
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
        }${n.atMs === undefined ? null : html`<span class="muted">${time(n.atMs)}</span>`}</span><span class="need-text">${
          n.severity === undefined ? n.text : n.title
        }</span></a></li>`,
    )}</ul>${moreAlerts > 0 ? html`<p class="card-foot"><a href="/alerts?ack=no">${t('overview.needs.more', { n: moreAlerts })}</a></p>` : null}`,
  );
}

export function overviewRoutes(router: Router<State>, room: Room): void {
  router.get('/', async (ctx) => {
    const { port } = room;
    const stats = port.engine.stats();
    const flows = await port.engine
      .flows({ search: '', limit: SAMPLE, sort: 'bytes' })
      .catch(() => ({ total: 0, items: [] as FlowRow[] }));
    const top = topShares(port, flows.items);
    const lost = stats === undefined ? undefined : lostPackets(stats);
    renderPage(room, ctx, {
      section: 'overview',
      title: t('overview.title'),
      body: html`${
        stats === undefined || lost === undefined
          ? null
          : html`<div class="tiles">${tile(t('overview.traffic'), bits(stats.bitsPerSecond), t('overview.packets', { n: Math.round(stats.packetsPerSecond) }), 'overview')}${tile(
              t('overview.flows'),
              number(stats.flows.active),
              t('overview.flows.sub', { share: percent((100 * stats.flows.active) / Math.max(1, stats.flows.limit)) }),
              'flows',
            )}${tile(t('overview.hosts'), number(stats.hosts.active), t('overview.hosts.sub', { limit: short(stats.hosts.limit) }), 'host')}${tile(
              t('overview.lost'),
              lost.known ? short(lost.lost) : t('unknown'),
              !lost.known
                ? t('overview.lost.unknown')
                : lost.lost === 0
                  ? t('overview.lost.none')
                  : t('overview.lost.sub', { share: percent(lost.share) }),
              'eye',
            )}</div>`
      }
<div class="columns">${needsCard(port)}<div class="stack">${card(
        t('overview.protocols'),
        shareList(top.protocols, (name) => `/flows?search=${encodeURIComponent(name)}`),
      )}${card(
        t('overview.talkers'),
        shareList(top.hosts, (name) => `/flows?search=${encodeURIComponent(name)}`),
      )}<p class="muted small">${
        flows.items.length > 0 ? t('overview.sample', { n: flows.items.length }) : null
      }</p></div></div>`,
    });
  });
}
