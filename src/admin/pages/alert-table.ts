/** The rows of the alert list: single alerts, or groups of which each says how often it was seen. */
import type { StoredAlert } from '../../alerts/alert.ts';
import { type AlertGroup, type Grouping, groupMatch } from '../../alerts/group.ts';
import { hostOf } from '../../alerts/match.ts';
import { badge, type Column, dataTable, icon, severityBadge, time } from '../components.ts';
import { link } from '../context.ts';
import { clip, endpoint, number } from '../format.ts';
import { type Html, html, type Value } from '../html.ts';
import { type TextKey, t } from '../i18n.ts';
import { listLink, matchParams, type Params } from './alert-filters.ts';

/** A value of a row that narrows the list to itself. */
function narrow(params: Params, change: Params, text: string): Html {
  return html`<a class="narrow" href="${listLink(params, { ...change, group: params['group'] })}" title="${t('alerts.narrow')}">${clip(text, 64)}</a>`;
}

function side(alert: StoredAlert, which: 'source' | 'destination', params: Params, ports: boolean): Value {
  const { flow, kind, entityValue } = alert;
  if (flow === undefined) {
    if (which === 'destination') return '';
    const host = kind === 'host' ? hostOf(entityValue) : undefined;
    return narrow(
      params,
      host === undefined ? { kind, entity: entityValue } : { source: host },
      entityValue.replace(/@0$/, ''),
    );
  }
  const [ip, port] = which === 'source' ? [flow.client, flow.clientPort] : [flow.server, flow.serverPort];
  return html`<span class="mono">${narrow(params, { [which]: ip }, ports ? endpoint(ip, port) : ip)}</span>`;
}

function protocol(alert: StoredAlert, params: Params): Value {
  if (alert.flow === undefined) return narrow(params, { kind: alert.kind }, t(`kind.${alert.kind}` as TextKey));
  return narrow(params, { protocol: alert.flow.l7 }, `${alert.flow.l4}:${alert.flow.l7}`);
}

const detailHref = (alert: StoredAlert): string => `/alerts/${encodeURIComponent(alert._id)}`;

/** The way from a row to an exclusion of it. */
function excludeLink(alert: StoredAlert): Html {
  return html`<a class="button quiet icon-only" href="${link('/exclusions/new', { from: alert._id })}" title="${t('alerts.exclude')}">${icon('mute')}<span class="unseen">${t('alerts.exclude.of', { text: clip(alert.text, 80) })}</span></a>`;
}

const checkbox = (name: string, value: string, text: string): Html =>
  html`<input type="checkbox" name="${name}" value="${value}" aria-label="${t('alerts.choose')}: ${clip(text, 80)}">`;

function marks(alert: StoredAlert): Value {
  return html`${alert.acknowledged ? html` <span class="muted nowrap">${icon('ack')}${t('alerts.acked')}</span>` : null}${
    alert.state === 'engaged' ? html` ${badge('warn', t('alerts.engaged'), 'clock')}` : null
  }${alert.note === '' ? null : html` <span class="muted nowrap">${icon('note')}${t('alert.note')}</span>`}`;
}

const columns = (client: boolean, server: boolean): Column[] => [
  { label: t('alerts.choose'), kind: 'bare tight', hidden: true },
  { label: t('alerts.when'), kind: 'bare tight' },
  { label: t('alerts.severity'), kind: 'bare tight' },
  { label: t('alerts.text'), kind: 'wide bare' },
  ...(client ? [{ label: t('alerts.client'), kind: 'line' as const }] : []),
  ...(server ? [{ label: t('alerts.server'), kind: 'line' as const }] : []),
  { label: t('alerts.protocol') },
  { label: t('alerts.score'), kind: 'num' },
  { label: t('alerts.count'), kind: 'num' },
  { label: t('alerts.exclude'), kind: 'bare tight', hidden: true },
];

/** Each stored alert as a row. */
export function alertTable(alerts: StoredAlert[], params: Params): Html {
  return dataTable(
    t('alerts.title'),
    columns(true, true),
    alerts.map((a) => [
      checkbox('id', a._id, a.text),
      time(a.lastMs),
      severityBadge(a.severity),
      html`<a class="row-link${a.acknowledged ? ' read' : ''}" href="${detailHref(a)}">${clip(a.text, 300)}</a>${marks(a)}`,
      side(a, 'source', params, true),
      side(a, 'destination', params, true),
      protocol(a, params),
      a.score === 0 ? '' : number(a.score),
      number(a.count),
      excludeLink(a),
    ]),
  );
}

function groupTitle(group: AlertGroup, by: Grouping): Value {
  const { latest } = group;
  if (by === 'type') return clip(latest.title, 120);
  if (by === 'destination' && latest.flow !== undefined) return clip(latest.flow.server, 64);
  if (by === 'source' || by === 'destination')
    return clip(latest.flow?.client ?? latest.entityValue.replace(/@0$/, ''), 64);
  return clip(latest.text, 300);
}

/** Groups as rows; one that holds a single alert leads to it, the others to the list of theirs. */
export function groupTable(groups: AlertGroup[], by: Grouping, params: Params): Html {
  const rows = groups.map((g): Value[] => {
    const { latest } = g;
    const theirs = { ...params, ...matchParams(groupMatch(latest, by)), group: 'none' };
    const read = g.open === 0;
    const single = g.alerts === 1;
    const title = groupTitle(g, by);
    const under = by === 'thing' ? null : html`<span class="under muted">${clip(latest.text, 160)}</span>`;
    const row: Value[] = [
      checkbox('group', link('', theirs), latest.text),
      time(g.lastMs),
      severityBadge(g.severity),
      html`<a class="row-link${read ? ' read' : ''}" href="${single ? detailHref(latest) : link('/alerts', theirs)}">${title}</a>${
        single
          ? marks(latest)
          : html`${g.engaged > 0 ? html` ${badge('warn', t('alerts.engaged'), 'clock')}` : null}${
              read ? html` <span class="muted nowrap">${icon('ack')}${t('alerts.acked')}</span>` : null
            } <span class="muted nowrap">${t('alerts.group.since', { n: g.alerts })} ${time(g.firstMs)}</span>`
      }${under}`,
    ];
    if (by === 'thing') row.push(side(latest, 'source', params, false), side(latest, 'destination', params, false));
    row.push(
      by === 'thing' || single ? protocol(latest, params) : '',
      g.score === 0 ? '' : number(g.score),
      html`<b class="times">${number(g.times)}</b>`,
      excludeLink(latest),
    );
    return row;
  });
  return dataTable(t('alerts.title'), columns(by === 'thing', by === 'thing'), rows);
}
