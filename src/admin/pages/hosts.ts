/** Hosts: addresses with their account of traffic; and the networks they lie in. */
import type Router from '@koa/router';
import type { HostQuery, HostRow } from '../../link/topics-traffic.ts';
import { isGroupText } from '../address.ts';
import { badge, dataTable, emptyState, pager, pills, searchRow, select, time } from '../components.ts';
import { type AdminContext, link, query, queryNumber, type Room, type State } from '../context.ts';
import { bytes, clip, number } from '../format.ts';
import { type Html, html } from '../html.ts';
import { type TextKey, t } from '../i18n.ts';
import { renderPage } from '../layout.ts';
import { protocolName } from '../names.ts';
import { networkTabs } from './devices.ts';
import { hostDetail } from './host-detail.ts';

const PAGE = 50;
const SORTS = ['bytes', 'sent', 'received', 'last', 'flows', 'active', 'score'] as const;
const APPLICATIONS_SHOWN = 3;

export const hostHref = (ip: string, vlan = 0): string =>
  link('/hosts/one', { ip, vlan: vlan === 0 ? undefined : vlan });

export function hostQuery(ctx: AdminContext): HostQuery {
  const where = query(ctx, 'where');
  return {
    search: query(ctx, 'search').trim(),
    sort: SORTS.find((s) => s === query(ctx, 'sort')) ?? 'bytes',
    offset: queryNumber(ctx, 'offset', 0, 0, 1_000_000),
    limit: queryNumber(ctx, 'limit', PAGE, 1, 500),
    ...(where === 'local' || where === 'remote' ? { local: where === 'local' } : {}),
  };
}

export function hostTable(room: Room, hosts: HostRow[]): Html {
  return dataTable(
    t('hosts.title'),
    [
      { label: t('hosts.host'), kind: 'wide bare' },
      { label: t('hosts.sent'), kind: 'num' },
      { label: t('hosts.received'), kind: 'num' },
      { label: t('hosts.active'), kind: 'num' },
      { label: t('hosts.score'), kind: 'num' },
      { label: t('hosts.applications'), kind: 'line' },
      { label: t('devices.last') },
    ],
    hosts.map((h) => [
      html`<a class="row-link mono" href="${hostHref(h.ip, h.vlan)}">${clip(h.ip, 45)}${h.vlan === 0 ? '' : ` @${h.vlan}`}</a>${
        isGroupText(h.ip)
          ? html` ${badge('plain', t('flow.group'), 'radar')}`
          : h.local
            ? null
            : html` ${badge('plain', t('host.remote'), 'globe')}`
      }${h.name === '' ? null : html`<span class="under muted">${clip(h.name, 60)}</span>`}`,
      bytes(h.bytesSent),
      bytes(h.bytesRcvd),
      h.activeClient + h.activeServer === 0 ? '' : number(h.activeClient + h.activeServer),
      h.score === 0 ? '' : number(h.score),
      html`<span class="muted">${h.applications
        .slice(0, APPLICATIONS_SHOWN)
        .map((a) => protocolName(room.port, a.id))
        .join(', ')}</span>`,
      time(h.lastMs),
    ]),
  );
}

async function listPage(room: Room, ctx: AdminContext): Promise<void> {
  const q = hostQuery(ctx);
  const found = await room.port.engine.ask('hosts', q).catch(() => undefined);
  const where = q.local === undefined ? '' : q.local ? 'local' : 'remote';
  const params = { search: q.search, sort: q.sort === 'bytes' ? '' : q.sort, where };
  const body =
    found === undefined
      ? emptyState('server', t('flows.down'), t('flows.down.text'))
      : found.items.length === 0
        ? emptyState('server', t('hosts.none'), q.search === '' ? t('devices.none.text') : t('hosts.none.filtered'))
        : html`${hostTable(room, found.items)}${pager(found.total, q.offset, q.limit, (offset) => link('/hosts', { ...params, offset: offset === 0 ? undefined : offset }))}`;
  renderPage(room, ctx, {
    section: 'devices',
    title: t('hosts.title'),
    lead: found === undefined ? t('hosts.lead') : html`${t('hosts.total', { n: found.total })}. ${t('hosts.lead')}`,
    body: html`${networkTabs('/hosts')}<div class="toolbar">${pills(
      t('hosts.where'),
      ['', 'local', 'remote'].map((w) => ({
        href: link('/hosts', { ...params, where: w }),
        label: t(`hosts.where.${w === '' ? 'all' : w}` as TextKey),
        active: where === w,
      })),
    )}<form class="filters" method="get" action="/hosts" role="search">${where === '' ? null : html`<input type="hidden" name="where" value="${where}">`}${searchRow('search', q.search, t('hosts.search'), t('search'))}${select(
      'sort',
      'sort',
      q.sort,
      SORTS.map((s) => ({ value: s, label: t(`hosts.sort.${s}` as TextKey) })),
      t('hosts.sort'),
    )}${q.search === '' ? null : html`<a class="button quiet" href="${link('/hosts', { ...params, search: '' })}">${t('filter.clear')}</a>`}</form></div>${body}`,
  });
}

async function networksPage(room: Room, ctx: AdminContext): Promise<void> {
  const found = await room.port.engine.ask('networks', {}).catch(() => undefined);
  const items = found?.items ?? [];
  const guessed = items.length > 0 && items.every((n) => !n.configured);
  renderPage(room, ctx, {
    section: 'devices',
    title: t('networks.title'),
    lead: t('networks.lead'),
    actions: guessed ? html`<a class="button" href="/settings">${t('networks.set')}</a>` : null,
    body: html`${networkTabs('/networks')}${
      found === undefined
        ? emptyState('network', t('flows.down'), t('flows.down.text'))
        : items.length === 0
          ? emptyState('network', t('networks.none'), t('networks.none.text'))
          : dataTable(
              t('networks.title'),
              [
                { label: t('networks.network'), kind: 'wide bare' },
                { label: t('networks.hosts'), kind: 'num' },
                { label: t('hosts.active'), kind: 'num' },
                { label: t('networks.egress'), kind: 'num' },
                { label: t('networks.ingress'), kind: 'num' },
                { label: t('networks.inner'), kind: 'num' },
                { label: t('hosts.score'), kind: 'num' },
              ],
              items.map((n) => [
                html`<a class="row-link mono" href="${link('/alerts', { network: n.cidr })}">${clip(n.cidr, 50)}</a>${
                  n.configured ? null : html` <span class="under muted">${t('networks.guessed')}</span>`
                }`,
                number(n.hosts),
                number(n.activeFlows),
                bytes(n.egress),
                bytes(n.ingress),
                bytes(n.inner),
                n.score === 0 ? '' : number(n.score),
              ]),
            )
    }`,
  });
}

export function hostRoutes(router: Router<State>, room: Room): void {
  router.get('/hosts', (ctx) => listPage(room, ctx));
  router.get('/hosts/one', (ctx) => hostDetail(room, ctx, query(ctx, 'ip', 64), queryNumber(ctx, 'vlan', 0, 0, 4095)));
  router.get('/networks', (ctx) => networksPage(room, ctx));
}
