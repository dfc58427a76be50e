/** One host: who it is, what it speaks, how much, with its live flows and its alerts one click away. */
import type { HostDetail } from '../../link/topics-traffic.ts';
import { bar, card, dataTable, emptyState, facts, icon, time } from '../components.ts';
import { type AdminContext, link, type Room } from '../context.ts';
import { bytes, clip, duration, number } from '../format.ts';
import { type Html, html, type Value } from '../html.ts';
import { type TextKey, t } from '../i18n.ts';
import { renderPage } from '../layout.ts';
import { protocolName } from '../names.ts';
import { deviceHref } from './devices.ts';

const APPLICATIONS_SHOWN = 12;
const PEAKS = ['flowsClient', 'flowsServer', 'synSent', 'synRcvd'] as const;

function aboutCard(h: HostDetail): Html {
  return card(
    t('host.about'),
    facts([
      [
        t('host.device'),
        h.device === '' ? '' : html`<a href="${deviceHref(h.device)}">${h.name === '' ? h.mac : clip(h.name, 60)}</a>`,
      ],
      [t('device.mac'), h.mac === '' ? '' : html`<span class="mono">${h.mac}</span>`],
      [t('host.network'), h.network === '' ? t('host.remote') : html`<span class="mono">${clip(h.network, 50)}</span>`],
      [t('flow.vlan'), h.vlan === 0 ? '' : h.vlan],
      [t('devices.first'), time(h.firstMs, true)],
      [t('devices.last'), time(h.lastMs, true)],
      [t('host.active'), duration(h.activeSeconds * 1000)],
      [t('hosts.sent'), bytes(h.bytesSent)],
      [t('hosts.received'), bytes(h.bytesRcvd)],
      [t('host.flows.client'), t('host.flows.value', { n: h.flowsClient, active: h.activeClient })],
      [t('host.flows.server'), t('host.flows.value', { n: h.flowsServer, active: h.activeServer })],
      [t('hosts.score'), h.score === 0 ? '' : number(h.score)],
    ]),
    { icon: 'server' },
  );
}

function applicationsCard(room: Room, h: HostDetail): Html | null {
  const shown = h.applications.slice(0, APPLICATIONS_SHOWN);
  const most = shown[0]?.bytes ?? 0;
  if (most === 0) return null;
  return card(
    t('host.applications'),
    html`<ul class="shares">${shown.map((a) => {
      const name = protocolName(room.port, a.id);
      return html`<li><a href="${link('/flows', { search: name })}">${clip(name, 60)}</a><span class="figure">${bytes(a.bytes)}</span>${bar(name, a.bytes, most)}</li>`;
    })}</ul>`,
    { icon: 'overview' },
  );
}

function dialogueCard(h: HostDetail): Html | null {
  const rows = (
    [
      ['host.dns', h.dns.queriesSent, h.dns.queriesRcvd],
      ['host.dns.ok', h.dns.okRcvd, h.dns.okSent],
      ['host.dns.error', h.dns.errorRcvd, h.dns.errorSent],
      ['host.http', h.http.requestsSent, h.http.requestsRcvd],
      ['host.arp', h.arp.requestsSent, h.arp.requestsRcvd],
    ] as [TextKey, number, number][]
  )
    .filter(([, a, b]) => a + b > 0)
    .map(([key, asked, wasAsked]): Value[] => [
      html`<span class="muted">${t(key)}</span>`,
      number(asked),
      number(wasAsked),
    ]);
  if (rows.length === 0) return null;
  return card(
    t('host.dialogue'),
    dataTable(
      t('host.dialogue'),
      [
        { label: t('flow.direction'), kind: 'bare', hidden: true },
        { label: t('host.asked'), kind: 'num' },
        { label: t('host.was_asked'), kind: 'num' },
      ],
      rows,
      true,
    ),
    { icon: 'question' },
  );
}

export async function hostDetail(room: Room, ctx: AdminContext, ip: string, vlan: number): Promise<void> {
  const crumb = { href: '/hosts', label: t('host.back') };
  const found = await room.port.engine.ask('host', { ip, vlan }).catch(() => undefined);
  const host = found?.host ?? undefined;
  const links = html`<a class="button" href="${link('/flows', { search: ip })}">${icon('flows')}${t('host.open.flows')}</a><a class="button" href="${link('/alerts', { network: ip })}">${icon('bell')}${t('host.open.alerts')}</a>`;
  if (host === undefined) {
    ctx.status = 404;
    return renderPage(room, ctx, {
      section: 'devices',
      title: clip(ip, 64),
      crumb,
      actions: links,
      body: emptyState('server', t('error.404.title'), found === undefined ? t('flows.down.text') : t('host.gone')),
    });
  }
  const peaks = PEAKS.filter((name) => host.peaks[name] > 0);
  renderPage(room, ctx, {
    section: 'devices',
    title: clip(host.name === '' ? host.ip : `${host.name} · ${host.ip}`, 120),
    crumb,
    actions: links,
    body: html`<div class="columns"><div class="stack">${aboutCard(host)}</div><div class="stack">${applicationsCard(room, host)}${dialogueCard(host)}${
      peaks.length === 0
        ? null
        : card(
            t('host.peaks'),
            facts(peaks.map((name) => [t(`host.peaks.${name}` as TextKey), number(host.peaks[name])])),
            { icon: 'gauge' },
          )
    }</div></div>`,
  });
}
