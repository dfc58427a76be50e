/** The list of alerts: kinds as tabs, state, filters in the address, actions on chosen ones. */
import type Router from '@koa/router';
import type { AlertKind, StoredAlert } from '../../alerts/alert.ts';
import type { AlertFilter } from '../../appliance/port.ts';
import {
  badge,
  dataTable,
  emptyState,
  icon,
  pager,
  pills,
  searchRow,
  select,
  severityBadge,
  severityName,
  tabs,
  time,
} from '../components.ts';
import { type AdminContext, field, fields, link, query, queryNumber, type Room, type State } from '../context.ts';
import { clip, endpoint, number } from '../format.ts';
import { type Html, html, type Value } from '../html.ts';
import { type TextKey, t } from '../i18n.ts';
import { renderPage, tokenField } from '../layout.ts';
import { alertDetail } from './alert-detail.ts';

export const KINDS: readonly AlertKind[] = ['flow', 'host', 'interface', 'network', 'system'];
const PAGE = 50;

/** The filter that an address asks for; anything unknown in it counts as not said. */
export function filterOf(ctx: AdminContext): AlertFilter {
  const kind = KINDS.find((k) => k === query(ctx, 'kind'));
  const state = (['engaged', 'past'] as const).find((s) => s === query(ctx, 'state'));
  const severity = queryNumber(ctx, 'severity', 0, 0, 8);
  const ack = query(ctx, 'ack');
  const plugin = query(ctx, 'plugin');
  const typeName = query(ctx, 'type');
  const search = query(ctx, 'search').trim();
  return {
    ...(kind === undefined ? {} : { kind }),
    ...(state === undefined ? {} : { state }),
    ...(severity === 0 ? {} : { severity }),
    ...(typeName === '' ? {} : { typeName }),
    ...(plugin === '' ? {} : { plugin }),
    ...(search === '' ? {} : { search }),
    ...(ack === 'no' || ack === 'yes' ? { acknowledged: ack === 'yes' } : {}),
    offset: queryNumber(ctx, 'offset', 0, 0, 1_000_000),
    limit: queryNumber(ctx, 'limit', PAGE, 1, 500),
  };
}

type Params = Record<string, string | number | undefined>;

/** The parameters that make this filter again. */
export function filterParams(f: AlertFilter): Params {
  return {
    kind: f.kind,
    state: f.state,
    severity: f.severity,
    type: f.typeName,
    plugin: f.plugin,
    search: f.search,
    ack: f.acknowledged === undefined ? undefined : f.acknowledged ? 'yes' : 'no',
  };
}

function party(alert: StoredAlert, side: 'client' | 'server'): Value {
  const flow = alert.flow;
  if (flow === undefined) return side === 'client' ? clip(alert.entityValue.replace(/@0$/, ''), 64) : '';
  const text = side === 'client' ? endpoint(flow.client, flow.clientPort) : endpoint(flow.server, flow.serverPort);
  return html`<span class="mono">${clip(text, 64)}</span>`;
}

export function alertRows(alerts: StoredAlert[], choose: boolean): Value[][] {
  return alerts.map((a) => {
    const row: Value[] = [
      time(a.lastMs),
      severityBadge(a.severity),
      html`<a class="row-link${a.acknowledged ? ' read' : ''}" href="/alerts/${encodeURIComponent(a._id)}">${clip(a.text, 300)}</a>${
        a.acknowledged ? html` <span class="muted nowrap">${icon('ack')}${t('alerts.acked')}</span>` : null
      }${a.state === 'engaged' ? html` ${badge('warn', t('alerts.engaged'), 'clock')}` : null}${a.note === '' ? null : html` <span class="muted nowrap">${icon('note')}${t('alert.note')}</span>`}`,
      html`${party(a, 'client')}`,
      party(a, 'server'),
      a.flow === undefined ? t(`kind.${a.kind}` as TextKey) : clip(`${a.flow.l4}:${a.flow.l7}`, 40),
      a.score === 0 ? '' : number(a.score),
      html`${number(a.count)}`,
    ];
    if (choose) {
      row.unshift(
        html`<input type="checkbox" name="id" value="${a._id}" aria-label="${t('alerts.choose')}: ${clip(a.text, 80)}">`,
      );
    }
    return row;
  });
}

export function alertTable(alerts: StoredAlert[], choose: boolean): Html {
  return dataTable(
    t('alerts.title'),
    [
      ...(choose ? [{ label: t('alerts.choose'), kind: 'bare tight' as const, hidden: true }] : []),
      { label: t('alerts.when'), kind: 'bare tight' },
      { label: t('alerts.severity'), kind: 'bare tight' },
      { label: t('alerts.text'), kind: 'wide bare' },
      { label: t('alerts.client'), kind: 'line' },
      { label: t('alerts.server'), kind: 'line' },
      { label: t('alerts.protocol') },
      { label: t('alerts.score'), kind: 'num' },
      { label: t('alerts.count'), kind: 'num' },
    ],
    alertRows(alerts, choose),
  );
}

function filterForm(room: Room, f: AlertFilter): Html {
  const plugins = room.port.engine.plugins();
  const filtered =
    f.search !== undefined ||
    f.severity !== undefined ||
    f.acknowledged !== undefined ||
    f.plugin !== undefined ||
    f.typeName !== undefined;
  return html`<form class="filters" method="get" action="/alerts" role="search">${
    f.kind === undefined ? null : html`<input type="hidden" name="kind" value="${f.kind}">`
  }${f.state === undefined ? null : html`<input type="hidden" name="state" value="${f.state}">`}
${searchRow('search', f.search ?? '', t('alerts.filter.search'), t('filter'), 'filter')}
${select(
  'severity',
  'severity',
  String(f.severity ?? ''),
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
  f.acknowledged === undefined ? '' : f.acknowledged ? 'yes' : 'no',
  [
    { value: '', label: t('alerts.filter.ack.any') },
    { value: 'no', label: t('alerts.filter.ack.no') },
    { value: 'yes', label: t('alerts.filter.ack.yes') },
  ],
  t('alerts.filter.ack'),
)}
${select(
  'plugin',
  'plugin',
  f.plugin ?? '',
  [
    { value: '', label: t('alerts.filter.plugin.any') },
    ...plugins.map((p) => ({ value: p.key, label: clip(p.title, 40) })),
  ],
  t('alerts.filter.plugin'),
)}
${
  filtered
    ? html`<a class="button quiet" href="${link('/alerts', { kind: f.kind, state: f.state })}">${t('filter.clear')}</a>`
    : null
}</form>`;
}

function listPage(room: Room, ctx: AdminContext): void {
  const f = filterOf(ctx);
  const params = filterParams(f);
  const { total, items } = room.port.alerts.query(f);
  const counts = room.port.alerts.counts();
  const kindTab = (kind: AlertKind | undefined): { href: string; label: string; active: boolean; count?: number } => {
    const open = kind === undefined ? counts.all : (counts.byKind[kind] ?? 0);
    return {
      href: link('/alerts', { ...params, kind }),
      label: t(`alerts.kind.${kind ?? 'all'}` as TextKey),
      active: f.kind === kind,
      ...(open > 0 ? { count: open } : {}),
    };
  };
  const stateTab = (state: 'engaged' | 'past' | undefined): { href: string; label: string; active: boolean } => ({
    href: link('/alerts', { ...params, state }),
    label: t(`alerts.state.${state ?? 'all'}` as TextKey),
    active: f.state === state,
  });
  const here = link('/alerts', { ...params, offset: f.offset === 0 ? undefined : f.offset });
  const asked = Object.entries(params).some(([k, v]) => v !== undefined && k !== 'kind' && k !== 'state');
  renderPage(room, ctx, {
    section: 'alerts',
    title: t('alerts.title'),
    lead: t('alerts.total', { n: total }),
    body: html`${tabs(t('alerts.kinds'), [kindTab(undefined), ...KINDS.map(kindTab)])}
<div class="toolbar">${pills(t('alerts.states'), [stateTab(undefined), stateTab('engaged'), stateTab('past')])}${filterForm(room, f)}</div>
${
  items.length === 0
    ? emptyState('bell', t('alerts.none'), asked ? t('alerts.none.filtered') : t('alerts.none.text'))
    : html`<form method="post" action="/alerts/actions">${tokenField(room, ctx)}<input type="hidden" name="back" value="${here}">
<div class="bulk"><label class="check"><input type="checkbox" data-check-all="id" hidden disabled><span data-check-label hidden>${t('alerts.choose.all')}</span></label><span class="muted wide-only">${t('alerts.selected')}</span>
<button name="action" value="ack">${icon('ack')}${t('alerts.ack')}</button><button name="action" value="unack" class="quiet">${t('alerts.unack')}</button><button name="action" value="delete" class="quiet danger" data-confirm="${t('alerts.delete.confirm')}">${icon('trash')}${t('alerts.delete')}</button></div>
${alertTable(items, true)}</form>${pager(total, f.offset, f.limit, (offset) => link('/alerts', { ...params, offset: offset === 0 ? undefined : offset }))}`
}`,
  });
}

/** Does what a form of the list or of one alert asks; the answer is the message of the next page. */
async function act(room: Room, action: string, ids: string[]): Promise<{ ok: boolean; text: string }> {
  const known = ids.filter((id) => room.port.alerts.get(id) !== undefined);
  if (known.length === 0) return { ok: false, text: t('alerts.done.none') };
  if (action === 'delete') await room.port.alerts.remove(known);
  else await room.port.alerts.acknowledge(known, action === 'ack');
  const key = action === 'delete' ? 'alerts.done.delete' : action === 'ack' ? 'alerts.done.ack' : 'alerts.done.unack';
  return { ok: true, text: t(key, { n: known.length }) };
}

export function alertRoutes(router: Router<State>, room: Room): void {
  router.get('/alerts', (ctx) => listPage(room, ctx));

  router.post('/alerts/actions', async (ctx) => {
    room.flashes.set(ctx.state.session!.hash, await act(room, field(ctx, 'action'), fields(ctx, 'id', 500)));
    const back = field(ctx, 'back', 2000);
    ctx.status = 303;
    ctx.redirect(/^\/alerts(\?|$)/.test(back) ? back : '/alerts');
  });

  router.get('/alerts/:id', async (ctx) => {
    const alert = room.port.alerts.get(ctx.params['id'] ?? '');
    if (alert !== undefined) await alertDetail(room, ctx, alert);
  });

  router.post('/alerts/:id/note', async (ctx) => {
    const alert = room.port.alerts.get(ctx.params['id'] ?? '');
    if (alert === undefined) return;
    await room.port.alerts.note(alert._id, field(ctx, 'note', 2000));
    room.flashes.set(ctx.state.session!.hash, { ok: true, text: t('alerts.done.note') });
    ctx.status = 303;
    ctx.redirect(`/alerts/${encodeURIComponent(alert._id)}`);
  });

  router.post('/alerts/:id/:action', async (ctx) => {
    const alert = room.port.alerts.get(ctx.params['id'] ?? '');
    const action = ctx.params['action'] ?? '';
    if (alert === undefined || !['ack', 'unack', 'delete'].includes(action)) return;
    room.flashes.set(ctx.state.session!.hash, await act(room, action, [alert._id]));
    ctx.status = 303;
    ctx.redirect(action === 'delete' ? '/alerts' : `/alerts/${encodeURIComponent(alert._id)}`);
  });
}
