/** Why an alert fired, in the order in which a person asks: what was measured against what, by whom, what it means, what to do. */
import type { StoredAlert } from '../../alerts/alert.ts';
import { groupMatch } from '../../alerts/group.ts';
import type { PluginInfo, ScriptInfo } from '../../plugins/types.ts';
import { adviceFor, statusText } from '../advice.ts';
import { badge, card, facts, notice } from '../components.ts';
import { link, type Room } from '../context.ts';
import { clip, duration, formatValue, number } from '../format.ts';
import { valuesText } from '../forms/form.ts';
import { type Html, html, type Value } from '../html.ts';
import { type TextKey, t } from '../i18n.ts';
import { riskName } from '../names.ts';
import { matchParams } from './alert-filters.ts';

const MAX_PARAMS = 20;

/** Names that 4.2's alert definitions give their parameters. */
const PARAM_LABELS: Record<string, TextKey> = {
  metric: 'alert.why.metric',
  drops: 'alert.quality.kernel',
};
/** Shown as measured and limit, or about the machinery and not about the network. */
const SPOKEN_FOR = new Set(['value', 'threshold', 'edge', 'operator', 'alert_generation', 'risk_id']);

type Fields = Record<string, unknown>;
const fieldsOf = (params: unknown): Fields | undefined =>
  typeof params === 'object' && params !== null && !Array.isArray(params) ? (params as Fields) : undefined;

/** The number measured and the limit that it crossed, where the plugin gave both. */
export function measured(params: unknown): { value: number; limit: number; operator: string } | undefined {
  const p = fieldsOf(params);
  if (p === undefined) return undefined;
  const value = Number(p['value'] ?? p['drop_perc'] ?? Number.NaN);
  const limit = Number(p['threshold'] ?? p['edge'] ?? Number.NaN);
  if (!Number.isFinite(value) || !Number.isFinite(limit)) return undefined;
  const operator = p['operator'];
  return { value, limit, operator: operator === 'lt' || operator === 'eq' ? operator : 'gt' };
}

/** Parameters a plugin gave, as term and text; nested ones as JSON, all bounded. */
export function paramFacts(room: Room, params: unknown): [string, string][] {
  if (params === null || params === undefined) return [];
  const p = fieldsOf(params);
  if (p === undefined) {
    const text = Array.isArray(params) ? JSON.stringify(params) : String(params);
    return [[t('alert.why.params'), clip(text, 300)]];
  }
  const out: [string, string][] = [];
  const risk = p['risk_id'];
  if (typeof risk === 'number') out.push([t('alert.why.risk'), riskName(room.port, risk)]);
  for (const [k, v] of Object.entries(p).slice(0, MAX_PARAMS)) {
    if (SPOKEN_FOR.has(k)) continue;
    out.push([
      PARAM_LABELS[k] === undefined ? clip(k, 40) : t(PARAM_LABELS[k]),
      clip(typeof v === 'object' ? (JSON.stringify(v) ?? '') : String(v), 300),
    ]);
  }
  return out;
}

export function sourceOf(room: Room, alert: StoredAlert): { plugin?: PluginInfo; script?: ScriptInfo } {
  const plugin = room.port.engine.plugins().find((p) => p.key === alert.plugin);
  const script = plugin?.scripts.find((s) => s.key === alert.script);
  return { ...(plugin === undefined ? {} : { plugin }), ...(script === undefined ? {} : { script }) };
}

/** The figure beside its limit: what one wants to see first. */
function verdict(alert: StoredAlert, script: ScriptInfo | undefined): Html | null {
  const found = measured(alert.params);
  if (found === undefined) return null;
  const unit = clip(script?.gui?.unit ?? '', 20);
  return html`<div class="verdict"><div><span class="muted">${t('alert.why.value')}</span><b>${formatValue(found.value)}</b> <span class="muted">${unit}</span></div><div><span class="muted">${t('alert.why.threshold')}</span><b>${t(`alert.why.${found.operator}` as TextKey)} ${formatValue(found.limit)}</b> <span class="muted">${unit}</span></div><div><span class="muted">${t('alert.why.window')}</span><b>${
    alert.granularity > 0 ? duration(alert.granularity * 1000) : t('alert.why.once')
  }</b></div></div>`;
}

function statusOf(status: number, name: string | undefined): string {
  return name === undefined || name === '' ? t('alert.why.status.n', { n: status }) : statusText(name);
}

export function whyCard(room: Room, alert: StoredAlert): Html {
  const { plugin, script } = sourceOf(room, alert);
  const values = script === undefined ? '' : valuesText(script, room.port.config.script(script.subdir, script.key));
  const figures = verdict(alert, script);
  const advice = adviceFor(alert);
  const setting =
    script === undefined
      ? clip(alert.script, 80)
      : html`<a href="/scripts/${script.subdir}/${encodeURIComponent(script.key)}">${clip(script.title, 80)}</a>${
          values === '' ? null : html` <span class="muted">${clip(values, 300)}</span>`
        }`;
  return card(
    t('alert.why'),
    html`${figures}${advice.means === undefined ? null : html`<p class="means">${advice.means}</p>`}${facts([
      [
        t('alert.why.type'),
        html`${clip(alert.title, 100)} <span class="muted mono">${clip(alert.typeName, 60)} · ${alert.type}</span>`,
      ],
      [t('alert.why.status'), alert.status === undefined ? '' : clip(statusOf(alert.status, alert.statusName), 100)],
      [
        t('alerts.entity'),
        alert.flow === undefined ? html`<span class="mono">${clip(alert.entityValue, 100)}</span>` : '',
      ],
      ...paramFacts(room, alert.params).map(([k, v]): [string, Value] => [k, html`<span class="mono">${v}</span>`]),
      figures === null
        ? [t('alert.why.window'), alert.granularity > 0 ? duration(alert.granularity * 1000) : t('alert.why.once')]
        : ['', ''],
      [t('alert.why.setting'), setting],
      [
        t('alert.why.plugin'),
        plugin === undefined
          ? clip(alert.plugin, 80)
          : html`<a href="/plugins/${encodeURIComponent(plugin.key)}">${clip(plugin.title, 80)}</a> <span class="muted">${clip(plugin.version, 20)}</span>`,
      ],
    ])}${alert.replaces ? html`<p class="muted">${t('alert.replaces')}</p>` : null}`,
    { icon: 'question' },
  );
}

/** What to do, the ways to it included. Null when nothing better than common sense can be said. */
export function adviceCard(alert: StoredAlert): Html | null {
  const { todo } = adviceFor(alert);
  return todo === undefined ? null : card(t('alert.todo'), html`<p>${todo}</p>`, { icon: 'check' });
}

/** How sure one can be: what capture missed around it. */
export function qualityCard(alert: StoredAlert): Html {
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

/** How often it was so before: by the same two, by the same source, of the same kind; each a list to look at. */
export function beforeFacts(room: Room, alert: StoredAlert): [string, Value][] {
  const alike = room.port.alerts.alike(alert._id);
  const count = (by: 'thing' | 'source' | 'type'): Value => {
    const match = groupMatch(alert, by);
    return html`<a href="${link('/alerts', { ...matchParams(match), group: 'none' })}">${t('alerts.total', { n: alike[by] })}</a>`;
  };
  return [
    [t(alert.flow === undefined ? 'alert.before.entity' : 'alert.before.thing'), count('thing')],
    [t('alert.before.source'), alert.flow !== undefined || alert.kind === 'host' ? count('source') : ''],
    [t('alert.before.type'), count('type')],
  ];
}
