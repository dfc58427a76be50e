/** One device: who it is, which addresses it had when, what it moved, and what was found about it. */
import type { DeviceChange, DeviceRow } from '../../link/topics-traffic.ts';
import { badge, card, dataTable, emptyState, facts, icon, severityBadge, textInput, time } from '../components.ts';
import { type AdminContext, link, type Room } from '../context.ts';
import { bytes, clip, number } from '../format.ts';
import { type Html, html, type Value } from '../html.ts';
import { type TextKey, t } from '../i18n.ts';
import { renderPage, tokenField } from '../layout.ts';
import { deviceHref, deviceName, onlineBadge } from './devices.ts';
import { hostHref, hostTable } from './hosts.ts';

const ALERTS_SHOWN = 6;
const CHANGES_SHOWN = 50;
const BY = new Set(['dhcp', 'mdns', 'netbios', 'arp', 'nd', 'traffic']);
const CHANGES = new Set(['new', 'address', 'moved', 'left']);

const byText = (by: string): string => (BY.has(by) ? t(`device.by.${by}` as TextKey) : clip(by, 20));

function changeText(change: DeviceChange): string {
  const { kind, ip, other } = change;
  const key = CHANGES.has(kind) ? kind : 'other';
  return t(`device.change.${key}` as TextKey, { ip, other, kind });
}

function aboutCard(d: DeviceRow): Html {
  return card(
    t('device.about'),
    facts([
      [
        t('device.mac'),
        html`<span class="mono">${d.mac}</span>${d.randomMac ? html` ${badge('plain', t('devices.random'), 'dot')}` : null}`,
      ],
      [t('devices.vendor'), clip(d.vendor, 80)],
      [
        t('device.names'),
        d.names.length === 0
          ? ''
          : d.names
              .slice(0, 8)
              .map(
                (n) =>
                  html`<span class="block">${clip(n.name, 80)} <span class="muted">${byText(n.by)}, ${time(n.lastMs)}</span></span>`,
              ),
      ],
      [t('devices.pool'), clip(d.pool, 60)],
      [t('devices.first'), time(d.firstMs, true)],
      [t('devices.last'), time(d.lastMs, true)],
      [t('device.sent'), bytes(d.bytesSent)],
      [t('device.received'), bytes(d.bytesRcvd)],
      [t('devices.flows'), number(d.activeFlows)],
      [t('hosts.score'), d.score === 0 ? '' : number(d.score)],
    ]),
    { icon: 'host' },
  );
}

function addressCard(d: DeviceRow): Html {
  const rows = d.addresses.map((a): Value[] => [
    html`<a class="mono" href="${hostHref(a.ip, a.vlan)}">${clip(a.ip, 45)}${a.vlan === 0 ? '' : ` @${a.vlan}`}</a>`,
    a.current ? badge('ok', t('device.address.now'), 'dot') : badge('plain', t('device.address.past'), 'clock'),
    time(a.firstMs),
    time(a.lastMs),
    byText(a.by),
  ]);
  return card(
    t('device.addresses'),
    dataTable(
      t('device.addresses'),
      [
        { label: t('device.address'), kind: 'bare head' },
        { label: t('flows.status'), kind: 'bare', hidden: true },
        { label: t('devices.first') },
        { label: t('devices.last') },
        { label: t('device.address.by') },
      ],
      rows,
    ),
    { icon: 'network' },
  );
}

function alertsCard(room: Room, d: DeviceRow): Html {
  const { total, items } = room.port.alerts.query({ device: d.mac, offset: 0, limit: ALERTS_SHOWN });
  return card(
    t('device.alerts'),
    items.length === 0
      ? html`<p class="muted">${t('device.alerts.none')}</p>`
      : html`<ul class="lines">${items.map(
          (a) =>
            html`<li>${severityBadge(a.severity)} <span><a href="/alerts/${encodeURIComponent(a._id)}">${clip(a.text, 160)}</a> <span class="muted">${time(a.lastMs)}</span></span></li>`,
        )}</ul><p class="card-foot"><a href="${link('/alerts', { device: d.mac })}">${t('alerts.total', { n: total })}</a></p>`,
    { icon: 'bell' },
  );
}

function changesCard(changes: DeviceChange[]): Html {
  return card(
    t('device.changes'),
    changes.length === 0
      ? html`<p class="muted">${t('device.changes.none')}</p>`
      : html`<ul class="lines">${changes
          .slice(-CHANGES_SHOWN)
          .reverse()
          .map(
            (c) => html`<li><span>${clip(changeText(c), 200)} <span class="muted">${time(c.atMs)}</span></span></li>`,
          )}</ul>`,
    { icon: 'clock' },
  );
}

export async function deviceDetail(room: Room, ctx: AdminContext, id: string): Promise<void> {
  const crumb = { href: '/devices', label: t('device.back') };
  const found = await room.port.engine.ask('device', { id }).catch(() => undefined);
  const device = found?.device ?? undefined;
  if (found === undefined || device === undefined) {
    ctx.status = 404;
    return renderPage(room, ctx, {
      section: 'devices',
      title: t('devices.title'),
      crumb,
      body: emptyState('host', t('error.404.title'), found === undefined ? t('flows.down.text') : t('device.gone')),
    });
  }
  const path = deviceHref(device.id);
  renderPage(room, ctx, {
    section: 'devices',
    title: deviceName(device),
    ownTitle: true,
    crumb,
    body: html`<div class="page-head"><div><h1>${deviceName(device)}</h1><p class="chips">${onlineBadge(device)}<span class="muted">${clip(device.vendor, 60)}</span></p></div>
<div class="actions"><a class="button" href="${link('/alerts', { device: device.mac })}">${icon('bell')}${t('host.open.alerts')}</a><form method="post" action="${path}/forget">${tokenField(room, ctx)}<button class="quiet danger" data-confirm="${t('device.forget.confirm')}">${icon('trash')}${t('device.forget')}</button></form></div></div>
<div class="columns"><div class="stack">${aboutCard(device)}${addressCard(device)}${
      found.hosts.length === 0 ? null : card(t('device.hosts'), hostTable(room, found.hosts), { icon: 'server' })
    }</div><div class="stack">${card(
      t('device.alias'),
      html`<form method="post" action="${path}/name">${tokenField(room, ctx)}${textInput(
        { id: 'alias', label: t('devices.name'), hint: t('device.alias.hint') },
        'alias',
        device.alias,
        { maxlength: 64, autocomplete: 'off' },
      )}<button>${t('save')}</button></form>`,
      { icon: 'edit' },
    )}${alertsCard(room, device)}${changesCard(found.changes)}</div></div>`,
  });
}
