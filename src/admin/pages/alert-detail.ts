/** One alert: what, why, how sure, about which flow, and what a person did with it. */
import type { StoredAlert } from '../../alerts/alert.ts';
import type { ScriptInfo } from '../../plugins/types.ts';
import { badge, card, facts, icon, notice, severityBadge, time } from '../components.ts';
import type { AdminContext, Room } from '../context.ts';
import { bytes, clip, duration, endpoint, number } from '../format.ts';
import { valuesText } from '../forms/form.ts';
import { type Html, html, type Value } from '../html.ts';
import { type TextKey, t } from '../i18n.ts';
import { renderPage, tokenField } from '../layout.ts';

const MAX_PARAMS = 20;

/** Names that 4.2's alert definitions give their parameters. */
const PARAM_LABELS: Record<string, TextKey> = {
  value: 'alert.why.value',
  threshold: 'alert.why.threshold',
  edge: 'alert.why.threshold',
  operator: 'alert.why.operator',
  metric: 'alert.why.metric',
};

/** Parameters a plugin gave, as term and text; nested ones as JSON, all bounded. */
export function paramFacts(params: unknown): [string, string][] {
  if (params === null || params === undefined) return [];
  if (typeof params !== 'object') return [[t('alert.why.params'), clip(String(params), 300)]];
  return Object.entries(params as Record<string, unknown>)
    .slice(0, MAX_PARAMS)
    .map(([k, v]) => [
      PARAM_LABELS[k] === undefined ? clip(k, 40) : t(PARAM_LABELS[k]),
      clip(typeof v === 'object' ? (JSON.stringify(v) ?? '') : String(v), 300),
    ]);
}

export function scriptOf(room: Room, alert: StoredAlert): ScriptInfo | undefined {
  const plugin = room.port.engine.plugins().find((p) => p.key === alert.plugin);
  return plugin?.scripts.find((s) => s.key === alert.script);
}

function whyCard(room: Room, alert: StoredAlert): Html {
  const plugin = room.port.engine.plugins().find((p) => p.key === alert.plugin);
  const script = scriptOf(room, alert);
  const settings = script === undefined ? '' : valuesText(script, room.port.config.script(script.subdir, script.key));
  const params = paramFacts(alert.params);
  const scriptLink =
    script === undefined
      ? clip(alert.script, 80)
      : html`<a href="/scripts/${script.subdir}/${encodeURIComponent(script.key)}">${clip(script.title, 80)}</a>`;
  return card(
    t('alert.why'),
    html`${facts([
      [
        t('alert.why.plugin'),
        plugin === undefined
          ? clip(alert.plugin, 80)
          : html`<a href="/plugins/${encodeURIComponent(plugin.key)}">${clip(plugin.title, 80)}</a> <span class="muted">${clip(plugin.version, 20)}</span>`,
      ],
      [t('alert.why.script'), scriptLink],
      [t('alert.why.settings'), clip(settings, 300)],
      [
        t('alert.why.type'),
        html`${clip(alert.title, 100)} <span class="muted mono">${clip(alert.typeName, 60)} · ${alert.type}</span>`,
      ],
      [t('alert.why.window'), alert.granularity > 0 ? duration(alert.granularity * 1000) : t('alert.why.once')],
      [t('alert.why.status'), alert.status],
      [
        t('alerts.entity'),
        alert.flow === undefined ? html`<span class="mono">${clip(alert.entityValue, 100)}</span>` : '',
      ],
      ...params.map(([k, v]): [string, Value] => [k, html`<span class="mono">${v}</span>`]),
    ])}${alert.replaces ? html`<p class="muted">${t('alert.replaces')}</p>` : null}`,
    { icon: 'question' },
  );
}

function qualityCard(alert: StoredAlert): Html {
  const q = alert.quality;
  const missed: [TextKey, number][] = [
    ['alert.quality.kernel', q.kernelDropped],
    ['alert.quality.interface', q.interfaceDropped],
    ['alert.quality.truncated', q.truncated],
    ['alert.quality.evicted', q.evicted],
    ['alert.quality.hooks', q.hooksSkipped],
  ];
  const bad = missed.filter(([, n]) => n > 0);
  return card(
    t('alert.quality'),
    bad.length === 0
      ? html`<p>${badge('ok', t('alert.quality.good'))}</p>`
      : html`${notice('warn', t('alert.quality.bad'))}${facts(bad.map(([k, n]) => [t(k), number(n)]))}`,
    { icon: 'eye' },
  );
}

async function flowCard(room: Room, alert: StoredAlert): Promise<Html | null> {
  const f = alert.flow;
  if (f === undefined) return null;
  const alive = await room.port.engine.flow(f.id).catch(() => undefined);
  return card(
    t('alert.flow'),
    html`${facts([
      [
        t('alert.flow.client'),
        html`<span class="mono">${endpoint(f.client, f.clientPort)}</span> <span class="muted mono">${f.clientMac}</span>`,
      ],
      [
        t('alert.flow.server'),
        html`<span class="mono">${endpoint(f.server, f.serverPort)}</span> <span class="muted mono">${f.serverMac}</span>`,
      ],
      [t('flows.protocol'), `${f.l4}:${f.l7}`],
      [t('flows.info'), clip(f.hostname, 200)],
      [t('flows.bytes'), `${bytes(f.bytes)} · ${t('flow.packets')} ${number(f.packets)}`],
      [t('flow.vlan'), f.vlan === 0 ? '' : f.vlan],
      [t('flow.community'), html`<span class="mono">${clip(f.communityId, 60)}</span>`],
    ])}<p class="card-foot">${
      alive === undefined
        ? html`<span class="muted">${t('flow.gone')} ${t('alert.flow.gone')}</span>`
        : html`<a class="button" href="/flows/${f.id}">${icon('flows')}${t('alert.flow.open')}</a>`
    }</p>`,
    { icon: 'flows' },
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
    body: html`<p class="crumb"><a href="/alerts">${icon('chevron')}${t('alert.back')}</a></p>
<div class="page-head"><div><h1>${clip(alert.text, 400)}</h1><p class="chips">${severityBadge(alert.severity)}${
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
    }${button('delete', html`<button class="quiet danger" data-confirm="${t('alerts.delete.confirm')}">${icon('trash')}${t('alerts.delete')}</button>`)}</div></div>
<div class="columns"><div class="stack">${whyCard(room, alert)}${await flowCard(room, alert)}</div>
<div class="stack">${card(
      t('alert.seen'),
      facts([
        [t('alert.seen.first'), time(alert.firstMs, true)],
        [t('alert.seen.last'), time(alert.lastMs, true)],
        [t('alert.seen.duration'), lasted > 0 ? duration(lasted) : ''],
        [t('alert.seen.count'), number(alert.count)],
        [t('alert.seen.state'), t(`alerts.state.${alert.state}` as TextKey)],
      ]),
      { icon: 'clock' },
    )}${qualityCard(alert)}${card(
      t('alert.note'),
      html`<form method="post" action="${path}/note">${tokenField(room, ctx)}<div class="field"><label for="note" class="unseen">${t('alert.note.label')}</label><textarea id="note" name="note" rows="3" maxlength="2000">${alert.note}</textarea></div><button>${t('alert.note.save')}</button></form>`,
      { icon: 'note' },
    )}</div></div>`,
  });
}
