/** What an address asks of the alert list: read, written back, and shown as a form and as what one can take away again. */
import { type AlertMatch, MATCH_FIELDS, type MatchFault, type MatchField, readMatch } from '../../alerts/match.ts';
import type { AlertFilter } from '../../appliance/port.ts';
import { icon, searchRow, select, severityName } from '../components.ts';
import { link, type Room } from '../context.ts';
import { clip } from '../format.ts';
import { attr, type Html, html, type Value } from '../html.ts';
import { type TextKey, t } from '../i18n.ts';

/** Views of the list: `none` shows each stored alert, the others fold. */
export const VIEWS = ['thing', 'type', 'source', 'destination', 'none'] as const;
export type View = (typeof VIEWS)[number];
const DEFAULT_VIEW: View = 'thing';

export const PAGE = 50;
const MOST_OFFSET = 1_000_000;
/** Hours back that the form offers; anything else may stand in the address. */
const SINCE = ['1', '24', '168', '720'];

export interface Asked {
  filter: AlertFilter;
  view: View;
  /** Hours back, as it stands in the address; '' = not asked. */
  since: string;
  /** What could not be read, to be said. */
  faults: Partial<Record<MatchField, MatchFault>>;
}

export type Params = Record<string, string | number | undefined>;
type Get = (name: string) => string;

/** The address says "type" where the match says typeName. */
const paramName = (field: MatchField): string => (field === 'typeName' ? 'type' : field);

function numberIn(text: string, fallback: number, min: number, max: number): number {
  const n = /^\d{1,9}$/.test(text) ? Number(text) : fallback;
  return Math.min(max, Math.max(min, n));
}

/** Reads the parameters of an address or of a stored query; anything unknown in them counts as not said. */
export function readAsked(get: Get, nowMs = Date.now()): Asked {
  const { match, faults } = readMatch(Object.fromEntries(MATCH_FIELDS.map((f) => [f, get(paramName(f))])));
  const state = (['engaged', 'past'] as const).find((s) => s === get('state'));
  const severity = numberIn(get('severity'), 0, 0, 8);
  const score = numberIn(get('score'), 0, 0, 1_000_000);
  const since = /^\d{1,5}$/.test(get('since')) && Number(get('since')) > 0 ? get('since') : '';
  const ack = get('ack');
  const noted = get('noted');
  const search = get('search').trim();
  const view = VIEWS.find((v) => v === get('group')) ?? DEFAULT_VIEW;
  const filter: AlertFilter = {
    ...match,
    ...(state === undefined ? {} : { state }),
    ...(severity === 0 ? {} : { severity }),
    ...(score === 0 ? {} : { score }),
    ...(since === '' ? {} : { fromMs: nowMs - Number(since) * 3_600_000 }),
    ...(search === '' ? {} : { search }),
    ...(ack === 'no' || ack === 'yes' ? { acknowledged: ack === 'yes' } : {}),
    ...(noted === 'yes' ? { noted: true } : {}),
    offset: numberIn(get('offset'), 0, 0, MOST_OFFSET),
    limit: numberIn(get('limit'), PAGE, 1, 500),
  };
  return { filter, view, since, faults };
}

/** The parameters that ask for the same again, the page within it left out. */
export function askedParams({ filter, view, since }: Asked): Params {
  const { acknowledged } = filter;
  return {
    ...matchParams(filter),
    state: filter.state,
    severity: filter.severity,
    score: filter.score,
    since,
    search: filter.search,
    ack: acknowledged === undefined ? undefined : acknowledged ? 'yes' : 'no',
    noted: filter.noted ? 'yes' : undefined,
    group: view === DEFAULT_VIEW ? undefined : view,
  };
}

/** The parameters that ask for alerts of this match. */
export function matchParams(match: AlertMatch): Params {
  return Object.fromEntries(MATCH_FIELDS.map((f) => [paramName(f), match[f]]));
}

export const matchLabel = (field: MatchField): string => t(`match.${field}` as TextKey);

/** One condition in words; plugins and types by the title that people know. */
export function matchText(room: Room, field: MatchField, value: string | number): string {
  if (field === 'kind') return t(`kind.${value}` as TextKey);
  if (field === 'plugin') return room.port.engine.plugins().find((p) => p.key === value)?.title ?? String(value);
  return String(value);
}

/** Address of the list with one parameter changed. */
export const listLink = (params: Params, change: Params): string => link('/alerts', { ...params, ...change });

function chip(label: string, value: string, href: string): Html {
  return html`<a class="chip" href="${href}" title="${t('filter.remove')}"><span class="muted">${label}</span> ${clip(value, 60)}${icon('close')}<span class="unseen">${t('filter.remove')}</span></a>`;
}

/** What narrows the list, each with the way to take it away. */
export function filterChips(room: Room, asked: Asked): Html | null {
  const params = askedParams(asked);
  const { filter, faults } = asked;
  const chips: Html[] = [];
  for (const field of MATCH_FIELDS) {
    const value = filter[field];
    if (value === undefined || field === 'kind') continue;
    chips.push(
      chip(matchLabel(field), matchText(room, field, value), listLink(params, { [paramName(field)]: undefined })),
    );
  }
  if (asked.since !== '')
    chips.push(chip(t('alerts.filter.since'), sinceText(asked.since), listLink(params, { since: undefined })));
  if (filter.score !== undefined)
    chips.push(chip(t('alerts.filter.score'), String(filter.score), listLink(params, { score: undefined })));
  if (filter.noted) chips.push(chip(t('alert.note'), t('yes'), listLink(params, { noted: undefined })));
  const wrong = Object.entries(faults).map(
    ([field, fault]) =>
      html`<p class="error">${icon('error')}<span>${matchLabel(field as MatchField)}: ${t(`match.fault.${fault}` as TextKey)}</span></p>`,
  );
  if (chips.length === 0 && wrong.length === 0) return null;
  return html`<div class="chips picked">${chips}${
    chips.length > 1
      ? html`<a class="button quiet small" href="${link('/alerts', { kind: filter.kind, state: filter.state, group: params['group'] })}">${t('filter.clear')}</a>`
      : null
  }</div>${wrong}`;
}

function sinceText(hours: string): string {
  return SINCE.includes(hours)
    ? t(`alerts.filter.since.${hours}` as TextKey)
    : t('alerts.filter.since.n', { n: Number(hours) });
}

const TYPED: readonly MatchField[] = [
  'source',
  'destination',
  'network',
  'port',
  'protocol',
  'domain',
  'device',
  'vlan',
  'typeName',
];

function moreFilters(asked: Asked): Html {
  const { filter, faults } = asked;
  const open = TYPED.some((f) => faults[f] !== undefined);
  const box = (id: string, label: string, value: Value, name: string): Html =>
    html`<div class="field"><label for="${id}">${label}</label><input id="${id}" name="${name}" value="${value}" maxlength="253"${attr('inputmode', ['port', 'vlan', 'score'].includes(name) ? 'numeric' : null)}></div>`;
  return html`<details class="more-filters"${attr('open', open)}><summary>${icon('filter')}${t('alerts.filter.more')}</summary><div class="fields">${TYPED.map(
    (f) => box(`f-${f}`, matchLabel(f), filter[f] ?? '', paramName(f)),
  )}${box('f-score', t('alerts.filter.score'), filter.score ?? '', 'score')}<label class="check"><input type="checkbox" name="noted" value="yes"${attr('checked', filter.noted === true)}>${t('alerts.filter.noted')}</label></div><button>${icon('filter')}${t('apply')}</button></details>`;
}

export function filterForm(room: Room, asked: Asked): Html {
  const { filter, view, since } = asked;
  const keep = (name: string, value: Value): Html | null =>
    value === undefined || value === '' ? null : html`<input type="hidden" name="${name}" value="${value}">`;
  return html`<form class="filters" method="get" action="/alerts" role="search">${keep('kind', filter.kind)}${keep('state', filter.state)}${keep('entity', filter.entity)}${keep('script', filter.script)}
${searchRow('search', filter.search ?? '', t('alerts.filter.search'), t('search'))}
${select(
  'group',
  'group',
  view,
  VIEWS.map((v) => ({ value: v, label: t(`alerts.group.${v}` as TextKey) })),
  t('alerts.group'),
)}
${select(
  'severity',
  'severity',
  String(filter.severity ?? ''),
  [
    { value: '', label: t('alerts.filter.severity.any') },
    ...[2, 3, 4, 5, 6, 7, 8].map((n) => ({
      value: String(n),
      label: `${t('alerts.filter.severity')} ${severityName(n)}`,
    })),
  ],
  t('alerts.severity'),
)}
${select(
  'ack',
  'ack',
  filter.acknowledged === undefined ? '' : filter.acknowledged ? 'yes' : 'no',
  [
    { value: '', label: t('alerts.filter.ack.any') },
    { value: 'no', label: t('alerts.filter.ack.no') },
    { value: 'yes', label: t('alerts.filter.ack.yes') },
  ],
  t('alerts.filter.ack'),
)}
${select(
  'since',
  'since',
  since,
  [
    { value: '', label: t('alerts.filter.since.any') },
    ...(since === '' || SINCE.includes(since) ? SINCE : [since, ...SINCE]).map((h) => ({
      value: h,
      label: sinceText(h),
    })),
  ],
  t('alerts.filter.since'),
)}
${select(
  'plugin',
  'plugin',
  filter.plugin ?? '',
  [
    { value: '', label: t('alerts.filter.plugin.any') },
    ...room.port.engine.plugins().map((p) => ({ value: p.key, label: clip(p.title, 40) })),
  ],
  t('alerts.filter.plugin'),
)}${moreFilters(asked)}</form>`;
}
