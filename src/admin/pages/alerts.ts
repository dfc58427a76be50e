/** The list of alerts: kinds as tabs, state, filters in the address, one row per thing, actions on chosen ones. */
import type Router from '@koa/router';
import { type AlertKind, KINDS } from '../../alerts/alert.ts';
import type { AlertFilter } from '../../appliance/port.ts';
import { emptyState, icon, pager, pills, tabs } from '../components.ts';
import { type AdminContext, field, fields, link, query, type Room, type State } from '../context.ts';
import { clip, isoTime } from '../format.ts';
import { type Html, html } from '../html.ts';
import { type TextKey, t } from '../i18n.ts';
import { renderPage, tokenField } from '../layout.ts';
import { alertDetail } from './alert-detail.ts';
import { type Asked, askedParams, filterChips, filterForm, listLink, readAsked } from './alert-filters.ts';
import { alertTable, groupTable } from './alert-table.ts';

/** Alerts that one action reaches at once: all there can be. */
const MOST_AT_ONCE = 50_000;
const QUERY_CHARS = 2000;

export const askedOf = (ctx: AdminContext): Asked => readAsked((name) => query(ctx, name, 253));

/** The filter that an address asks for, for the API. */
export const filterOf = (ctx: AdminContext): AlertFilter => askedOf(ctx).filter;

function list(room: Room, asked: Asked): { table: Html; total: number; alerts: number } {
  const { filter, view } = asked;
  const params = askedParams(asked);
  if (view === 'none') {
    const { total, items } = room.port.alerts.query(filter);
    return { table: alertTable(items, params), total, alerts: total };
  }
  const { total, alerts, items } = room.port.alerts.groups(filter, view);
  return { table: groupTable(items, view, params), total, alerts };
}

function listPage(room: Room, ctx: AdminContext): void {
  const asked = askedOf(ctx);
  const { filter } = asked;
  const params = askedParams(asked);
  const { table, total, alerts } = list(room, asked);
  const counts = room.port.alerts.counts();
  const kindTab = (kind: AlertKind | undefined): { href: string; label: string; active: boolean; count?: number } => {
    const open = kind === undefined ? counts.all : (counts.byKind[kind] ?? 0);
    return {
      href: listLink(params, { kind }),
      label: t(`alerts.kind.${kind ?? 'all'}` as TextKey),
      active: filter.kind === kind,
      ...(open > 0 ? { count: open } : {}),
    };
  };
  const stateTab = (state: 'engaged' | 'past' | undefined): { href: string; label: string; active: boolean } => ({
    href: listLink(params, { state }),
    label: t(`alerts.state.${state ?? 'all'}` as TextKey),
    active: filter.state === state,
  });
  const here = listLink(params, { offset: filter.offset === 0 ? undefined : filter.offset });
  const asks = Object.entries(params).some(
    ([k, v]) => v !== undefined && v !== '' && !['kind', 'state', 'group'].includes(k),
  );
  const hidden = room.port.exclusions.hiddenToday();
  renderPage(room, ctx, {
    section: 'alerts',
    title: t('alerts.title'),
    lead: html`${asked.view === 'none' ? t('alerts.total', { n: alerts }) : t('alerts.total.groups', { n: alerts, groups: total })}${
      hidden > 0 ? html` · <a href="/exclusions">${t('alerts.hidden', { n: hidden })}</a>` : null
    }`,
    actions: html`<a class="button" href="/exclusions">${icon('mute')}${t('exclusions.title')}</a>`,
    body: html`${tabs(t('alerts.kinds'), [kindTab(undefined), ...KINDS.map(kindTab)])}
<div class="toolbar">${pills(t('alerts.states'), [stateTab(undefined), stateTab('engaged'), stateTab('past')])}${filterForm(room, asked)}</div>
${filterChips(room, asked)}
${
  total === 0
    ? emptyState('bell', t('alerts.none'), asks ? t('alerts.none.filtered') : t('alerts.none.text'))
    : html`<form method="post" action="/alerts/actions">${tokenField(room, ctx)}<input type="hidden" name="back" value="${here}">
<div class="bulk"><label class="check"><input type="checkbox" data-check-all="${asked.view === 'none' ? 'id' : 'group'}" hidden disabled><span data-check-label hidden>${t('alerts.choose.all')}</span></label><span class="muted wide-only">${t('alerts.selected')}</span>
<button name="action" value="ack">${icon('ack')}${t('alerts.ack')}</button><button name="action" value="unack" class="quiet">${t('alerts.unack')}</button><button name="action" value="delete" class="quiet danger" data-confirm="${t('alerts.delete.confirm')}">${icon('trash')}${t('alerts.delete')}</button></div>
${table}</form>${pager(total, filter.offset, filter.limit, (offset) => listLink(params, { offset: offset === 0 ? undefined : offset }))}`
}`,
  });
}

/** Ids of the alerts that a form of the list chose, one by one or by group. */
function chosen(room: Room, ctx: AdminContext): string[] {
  const ids = new Set(fields(ctx, 'id', 500));
  for (const text of fields(ctx, 'group', 500)) {
    const asked = new URLSearchParams(text.slice(0, QUERY_CHARS));
    const { filter, faults } = readAsked((name) => asked.get(name) ?? '');
    if (Object.keys(faults).length > 0) continue;
    for (const id of room.port.alerts.ids(filter, MOST_AT_ONCE)) ids.add(id);
  }
  return [...ids];
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
    room.flashes.set(ctx.state.session!.hash, await act(room, field(ctx, 'action'), chosen(room, ctx)));
    const back = field(ctx, 'back', QUERY_CHARS);
    ctx.status = 303;
    ctx.redirect(/^\/alerts(\?|$)/.test(back) ? back : '/alerts');
  });

  router.get('/alerts/:id', async (ctx) => {
    const alert = room.port.alerts.get(ctx.params['id'] ?? '');
    if (alert !== undefined) await alertDetail(room, ctx, alert);
  });

  router.get('/alerts/:id/packets.pcap', async (ctx) => {
    const alert = room.port.alerts.get(ctx.params['id'] ?? '');
    const packets = alert?.evidence === undefined ? undefined : await room.port.evidence.read(alert.evidence.key);
    if (alert === undefined || packets === undefined) return;
    const name = `${alert.typeName.replace(/[^\w-]/g, '')}-${isoTime(alert.lastMs).slice(0, 19).replaceAll(':', '')}.pcap`;
    ctx.set('Content-Disposition', `attachment; filename="${clip(name, 100)}"`);
    ctx.type = 'application/vnd.tcpdump.pcap';
    ctx.body = Buffer.from(packets);
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
    ctx.redirect(action === 'delete' ? '/alerts' : link(`/alerts/${encodeURIComponent(alert._id)}`));
  });
}
