/** One flow with everything known about it. */
import type { StoredAlert } from '../../alerts/alert.ts';
import type { Direction, Endpoint } from '../../flows/record.ts';
import type { FlowRow } from '../../messages.ts';
import { statusText } from '../advice.ts';
import { badge, card, dataTable, facts, time } from '../components.ts';
import type { AdminContext, Room } from '../context.ts';
import { bytes, clip, duration, endpoint, microseconds, number } from '../format.ts';
import { type Html, html, type Value } from '../html.ts';
import { type TextKey, t } from '../i18n.ts';
import { renderPage } from '../layout.ts';
import { categoryName, l4Name, l7Name, riskName, tcpFlags } from '../names.ts';

const MAX_FACTS = 40;

function side(e: Endpoint, note: string): Value {
  const where = e.group ? t('flow.group') : e.local ? t('flow.local') : t('flow.remote');
  return html`<span class="mono">${endpoint(e.ip, e.port)}</span> <span class="muted">${where}${note === '' ? '' : `, ${note}`}</span>${
    e.mac === '' ? null : html` <span class="muted mono">${e.mac}</span>`
  }`;
}

function trafficTable(f: FlowRow): Html {
  const row = (label: TextKey, show: (d: Direction) => string): Value[] => [
    html`<span class="muted">${t(label)}</span>`,
    show(f.c2s),
    show(f.s2c),
  ];
  const rows = [
    row('flow.packets', (d) => number(d.packets)),
    row('flow.bytes', (d) => bytes(d.bytes)),
    row('flow.payload', (d) => bytes(d.payload)),
  ];
  if (f.proto === 6) {
    rows.push(
      row('flow.flags', (d) => tcpFlags(d.tcpFlags)),
      row('flow.retrans', (d) => number(d.retransmissions)),
      row('flow.ooo', (d) => number(d.outOfOrder)),
      row('flow.lost', (d) => number(d.lost)),
      row('flow.goodput', (d) => bytes(d.goodput)),
      row('flow.zero', (d) => number(d.zeroWindows)),
    );
  }
  return dataTable(
    t('flow.traffic'),
    [{ label: t('flow.direction'), kind: 'bare', hidden: true }, { label: t('flow.c2s') }, { label: t('flow.s2c') }],
    rows,
    true,
  );
}

/** Facts of protocol parsers by group. Keys are ours, values are the network's. */
export function infoGroups(f: FlowRow): { group: string; entries: [string, string][] }[] {
  const groups: { group: string; entries: [string, string][] }[] = [];
  for (const [group, value] of Object.entries(f.info as Record<string, unknown>)) {
    if (typeof value !== 'object' || value === null) continue;
    const entries = Object.entries(value as Record<string, unknown>)
      .filter(([, v]) => v !== undefined && v !== '')
      .slice(0, MAX_FACTS)
      .map(([k, v]): [string, string] => [k, clip(factText(k, v), 400)]);
    if (entries.length > 0) groups.push({ group, entries });
  }
  return groups;
}

function factText(key: string, value: unknown): string {
  if (Array.isArray(value)) return value.map(String).join(', ');
  if (typeof value === 'number' && key === 'version') return `0x${value.toString(16).padStart(4, '0')}`;
  if (typeof value === 'number' && /^not(Before|After)$/.test(key)) return new Date(value).toISOString();
  return String(value);
}

function alertsOf(room: Room, f: FlowRow): StoredAlert[] {
  return room.port.alerts
    .query({ kind: 'flow', source: f.client.ip, destination: f.server.ip, offset: 0, limit: 200 })
    .items.filter((a) => a.flow?.id === f.id && a.flow.communityId === f.communityId)
    .slice(0, 10);
}

export function flowDetail(room: Room, ctx: AdminContext, f: FlowRow): void {
  const alerts = alertsOf(room, f);
  const groups = infoGroups(f);
  const l7 = f.master === 0 && f.app === 0 ? t('flow.confidence.none') : l7Name(room.port, f);
  renderPage(room, ctx, {
    section: 'flows',
    title: t('alert.flow'),
    ownTitle: true,
    crumb: { href: '/flows', label: t('flow.back') },
    body: html`<div class="page-head"><div><h1><span class="mono">${endpoint(f.client.ip, f.client.port)}</span> → <span class="mono">${endpoint(f.server.ip, f.server.port)}</span></h1>
<p class="chips">${badge('info', `${l4Name(f.proto)}:${l7}`, 'flows')}${f.score > 0 ? badge(f.score >= 100 ? 'bad' : 'warn', `${t('flow.score')} ${number(f.score)}`) : null}${
      f.end === 'active'
        ? badge('ok', t('flow.end.active'), 'dot')
        : badge('plain', t(`flow.end.${f.end}` as TextKey), 'dot')
    }<span class="muted">${clip(f.info.hostname ?? '', 120)}</span></p></div></div>
<div class="columns"><div class="stack">${card(
      t('flow.status'),
      f.statuses.length === 0 && f.risks.length === 0
        ? html`<p class="muted">${t('flow.status.none')}</p>`
        : html`<ul class="lines">${f.statuses.map((s) => html`<li>${badge('bad', clip(statusText(s), 120))}</li>`)}${f.risks.map(
            (r) =>
              html`<li>${badge('warn', clip(riskName(room.port, r.id), 80))} <span class="mono">${clip(r.value, 200)}</span></li>`,
          )}${alerts.map(
            (a) =>
              html`<li><a href="/alerts/${encodeURIComponent(a._id)}">${clip(a.text, 200)}</a> <span class="muted">${time(a.lastMs)}</span></li>`,
          )}</ul>`,
      { icon: 'shield' },
    )}${card(
      t('flow.summary'),
      facts([
        [t('flow.client'), side(f.client, t(`flow.by.${f.clientBy}` as TextKey))],
        [t('flow.server'), side(f.server, '')],
        [t('flow.protocol'), `${l4Name(f.proto)} · ${l7}`],
        [t('flow.category'), f.category === 0 ? '' : categoryName(room.port, f.category)],
        [t('flow.confidence'), t(`flow.confidence.${f.confidence}` as TextKey)],
        [t('flow.vlan'), f.vlan === 0 ? '' : f.vlan],
        [t('flow.tcp'), f.tcpState === 'none' ? '' : t(`flow.tcp.${f.tcpState}` as TextKey)],
        [t('flow.handshake'), f.proto === 6 ? t(f.handshake ? 'flow.handshake.seen' : 'flow.handshake.unseen') : ''],
        [
          t('flow.rtt'),
          f.clientRttUs + f.serverRttUs > 0
            ? t('flow.rtt.value', { client: microseconds(f.clientRttUs), server: microseconds(f.serverRttUs) })
            : '',
        ],
        [t('flow.icmp'), f.proto === 1 || f.proto === 58 ? `${f.icmpType} / ${f.icmpCode}` : ''],
        [t('flow.first'), time(f.firstMs, true)],
        [t('flow.last'), time(f.lastMs, true)],
        [t('flow.duration'), duration(f.lastMs - f.firstMs)],
        [t('flow.end'), t(`flow.end.${f.end}` as TextKey)],
        [t('flow.community'), html`<span class="mono">${clip(f.communityId, 60)}</span>`],
      ]),
      { icon: 'flows' },
    )}</div><div class="stack">${card(t('flow.traffic'), trafficTable(f), { icon: 'overview' })}${card(
      t('flow.info'),
      groups.length === 0
        ? html`<p class="muted">${t('flow.info.none')}</p>`
        : groups.map(
            (g) =>
              html`<h3>${g.group === 'more' ? t('details') : g.group.toUpperCase()}</h3>${facts(
                g.entries.map(([k, v]): [string, Value] => [k, html`<span class="mono">${v}</span>`]),
              )}`,
          ),
      { icon: 'search' },
    )}</div></div>`,
  });
}
