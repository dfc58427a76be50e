/** One alert: what, why, how sure, about which flows, and what a person did with it. */
import type { StoredAlert } from '../../alerts/alert.ts';
import { hostOf } from '../../alerts/match.ts';
import { badge, card, facts, icon, severityBadge, time } from '../components.ts';
import { type AdminContext, link, type Room } from '../context.ts';
import { bytes, clip, duration, endpoint, number } from '../format.ts';
import { type Html, html, type Value } from '../html.ts';
import { type TextKey, t } from '../i18n.ts';
import { renderPage, tokenField } from '../layout.ts';
import { adviceCard, beforeFacts, qualityCard, whyCard } from './alert-why.ts';
import { protocolText } from './flows.ts';

/** Flows listed below an alert that is not about one flow. */
const FLOWS_SHOWN = 6;

const address = (ip: string): Html => html`<a class="mono" href="${link('/hosts/one', { ip })}">${clip(ip, 64)}</a>`;

async function flowCard(room: Room, alert: StoredAlert): Promise<Html | null> {
  const f = alert.flow;
  if (f === undefined) return hostFlowsCard(room, alert);
  const alive = await room.port.engine.flow(f.id).catch(() => undefined);
  const end = (ip: string, port: number, mac: string): Html =>
    html`${address(ip)} <span class="mono">${port === 0 ? '' : t('alert.flow.port', { port: String(port) })}</span> <span class="muted mono">${mac}</span>`;
  return card(
    t('alert.flow'),
    html`${facts([
      [t('alert.flow.client'), end(f.client, f.clientPort, f.clientMac)],
      [t('alert.flow.server'), end(f.server, f.serverPort, f.serverMac)],
      [t('flows.protocol'), `${f.l4}:${f.l7}`],
      [t('flows.info'), clip(f.hostname, 200)],
      [
        t('flows.bytes'),
        alert.count > 1
          ? t('alert.flow.sum', { bytes: bytes(f.bytes), packets: f.packets, n: alert.count })
          : t('alert.flow.size', { bytes: bytes(f.bytes), packets: f.packets }),
      ],
      [t('flow.vlan'), f.vlan === 0 ? '' : f.vlan],
      [t('flow.community'), html`<span class="mono">${clip(f.communityId, 60)}</span>`],
    ])}<p class="card-foot">${
      alive === undefined
        ? html`<span class="muted">${t('flow.gone')} ${t('alert.flow.gone')}</span> `
        : html`<a class="button" href="/flows/${f.id}">${icon('flows')}${t('alert.flow.open')}</a> `
    }<a class="button quiet" href="${link('/flows', { search: f.client })}">${t('alert.flow.all', { host: f.client })}</a></p>`,
    { icon: 'flows' },
  );
}

/** The flows of the host that an alert is about, worst first, as they are now. */
async function hostFlowsCard(room: Room, alert: StoredAlert): Promise<Html | null> {
  if (alert.kind !== 'host') return null;
  const host = hostOf(alert.entityValue);
  const found = await room.port.engine
    .flows({ search: host, limit: FLOWS_SHOWN, sort: 'score' })
    .catch(() => ({ total: 0, items: [] }));
  return card(
    t('alert.flows'),
    html`${
      found.items.length === 0
        ? html`<p class="muted">${t('alert.flows.none')}</p>`
        : html`<ul class="lines">${found.items.map(
            (f) =>
              html`<li><span><a href="/flows/${f.id}">${protocolText(room, f)}</a> <span class="mono">${endpoint(f.client.ip, f.client.port)} → ${endpoint(f.server.ip, f.server.port)}</span> <span class="muted">${bytes(f.c2s.bytes + f.s2c.bytes)}</span></span></li>`,
          )}</ul>`
    }<p class="card-foot"><a class="button" href="${link('/flows', { search: host })}">${icon('flows')}${t('alert.flows.all', { n: found.total })}</a> <a class="button quiet" href="${link('/hosts/one', { ip: host })}">${t('alert.host.open')}</a></p>`,
    { icon: 'flows' },
  );
}

/** The packets that were kept, or why there are none. */
function evidenceCard(alert: StoredAlert): Html | null {
  if (alert.kind !== 'flow') return null;
  const { evidence } = alert;
  return card(
    t('alert.packets'),
    evidence === undefined
      ? html`<p class="muted">${t('alert.packets.none')}</p>`
      : html`<p>${t('alert.packets.have', { n: evidence.packets, bytes: bytes(evidence.bytes) })}</p><p class="card-foot"><a class="button" href="/alerts/${encodeURIComponent(alert._id)}/packets.pcap">${icon('download')}${t('alert.packets.get')}</a></p>`,
    { icon: 'file' },
  );
}

export async function alertDetail(room: Room, ctx: AdminContext, alert: StoredAlert): Promise<void> {
  const path = `/alerts/${encodeURIComponent(alert._id)}`;
  const button = (action: string, extra: Value): Html =>
    html`<form method="post" action="${path}/${action}">${tokenField(room, ctx)}${extra}</form>`;
  const lasted = alert.lastMs - alert.firstMs;
  renderPage(room, ctx, {
    section: 'alerts',
    title: clip(alert.title, 120),
    ownTitle: true,
    crumb: { href: '/alerts', label: t('alert.back') },
    body: html`<div class="page-head"><div><h1>${clip(alert.text, 400)}</h1><p class="chips">${severityBadge(alert.severity)}${
      alert.state === 'engaged' ? badge('warn', t('alerts.engaged'), 'clock') : null
    }${alert.acknowledged ? badge('plain', t('alerts.acked'), 'ack') : badge('info', t('alerts.new'), 'bell')}${
      alert.score > 0
        ? html`<span class="badge plain"><span>${t('alerts.score')} ${number(alert.score)}</span></span>`
        : null
    }<span class="muted">${t(`kind.${alert.kind}` as TextKey)}</span></p></div>
<div class="actions">${
      alert.acknowledged
        ? button('unack', html`<button>${icon('bell')}${t('alerts.unack')}</button>`)
        : button('ack', html`<button class="primary">${icon('ack')}${t('alerts.ack')}</button>`)
    }<a class="button" href="${link('/exclusions/new', { from: alert._id })}">${icon('mute')}${t('alerts.exclude')}</a>${button('delete', html`<button class="quiet danger" data-confirm="${t('alerts.delete.confirm')}">${icon('trash')}${t('alerts.delete')}</button>`)}</div></div>
<div class="columns"><div class="stack">${whyCard(room, alert)}${adviceCard(alert)}${await flowCard(room, alert)}</div>
<div class="stack">${card(
      t('alert.seen'),
      facts([
        [t('alert.seen.first'), time(alert.firstMs, true)],
        [t('alert.seen.last'), time(alert.lastMs, true)],
        [t('alert.seen.duration'), lasted > 0 ? duration(lasted) : ''],
        [t('alert.seen.count'), number(alert.count)],
        [t('alert.seen.state'), t(`alerts.state.${alert.state}` as TextKey)],
        ...beforeFacts(room, alert),
      ]),
      { icon: 'clock' },
    )}${evidenceCard(alert)}${qualityCard(alert)}${card(
      t('alert.note'),
      html`<form method="post" action="${path}/note">${tokenField(room, ctx)}<div class="field"><label for="note" class="unseen">${t('alert.note.label')}</label><textarea id="note" name="note" rows="3" maxlength="2000">${alert.note}</textarea></div><button>${t('alert.note.save')}</button></form>`,
      { icon: 'note' },
    )}</div></div>`,
  });
}
