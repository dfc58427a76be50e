/** Who is on the network: devices by name, whatever address they have today. */
import type Router from '@koa/router';
import type { DeviceQuery, DeviceRow } from '../../link/topics-traffic.ts';
import { badge, dataTable, emptyState, pager, searchRow, select, tabs, time } from '../components.ts';
import { type AdminContext, field, link, query, queryNumber, type Room, type State } from '../context.ts';
import { bytes, clip, number } from '../format.ts';
import { type Html, html, type Value } from '../html.ts';
import { type TextKey, t } from '../i18n.ts';
import { renderPage } from '../layout.ts';
import { deviceDetail } from './device-detail.ts';

const PAGE = 50;
const SORTS = ['last', 'first', 'bytes', 'name'] as const;
const ADDRESSES_SHOWN = 3;
const ALIAS_CHARS = 64;

/** Devices, hosts and networks are three views of one thing. */
export function networkTabs(active: '/devices' | '/hosts' | '/networks'): Html {
  return tabs(t('devices.views'), [
    { href: '/devices', label: t('devices.title'), active: active === '/devices', icon: 'host' },
    { href: '/hosts', label: t('hosts.title'), active: active === '/hosts', icon: 'server' },
    { href: '/networks', label: t('networks.title'), active: active === '/networks', icon: 'network' },
  ]);
}

export function deviceQuery(ctx: AdminContext): DeviceQuery {
  return {
    search: query(ctx, 'search').trim(),
    sort: SORTS.find((s) => s === query(ctx, 'sort')) ?? 'last',
    offset: queryNumber(ctx, 'offset', 0, 0, 1_000_000),
    limit: queryNumber(ctx, 'limit', PAGE, 1, 500),
  };
}

/** What one calls a device: the owner's name, its own, or its maker and the end of its MAC. */
export function deviceName(d: Pick<DeviceRow, 'name' | 'vendor' | 'mac'>): string {
  if (d.name !== '') return clip(d.name, 60);
  return `${d.vendor === '' ? t('devices.unnamed') : clip(d.vendor, 40)} ${d.mac.slice(-8)}`;
}

export const deviceHref = (id: string): string => `/devices/${encodeURIComponent(id)}`;

function addresses(d: DeviceRow): Value {
  const now = d.addresses.filter((a) => a.current);
  const shown = (now.length > 0 ? now : d.addresses).slice(0, ADDRESSES_SHOWN);
  const more = d.addresses.length - shown.length;
  return html`<span>${shown.map((a) => html`<span class="mono block">${clip(a.ip, 45)}${a.vlan === 0 ? '' : ` @${a.vlan}`}</span>`)}${
    more > 0 ? html`<span class="muted small">${t('devices.more', { n: more })}</span>` : null
  }</span>`;
}

export function onlineBadge(d: DeviceRow): Html {
  return d.online ? badge('ok', t('devices.online'), 'dot') : badge('plain', t('devices.away'), 'dot');
}

function deviceTable(devices: DeviceRow[]): Html {
  return dataTable(
    t('devices.title'),
    [
      { label: t('devices.name'), kind: 'wide bare' },
      { label: t('flows.status'), kind: 'bare tight', hidden: true },
      { label: t('devices.addresses'), kind: 'line' },
      { label: t('devices.pool') },
      { label: t('devices.traffic'), kind: 'num' },
      { label: t('devices.flows'), kind: 'num' },
      { label: t('devices.first') },
      { label: t('devices.last') },
    ],
    devices.map((d) => [
      html`<a class="row-link" href="${deviceHref(d.id)}">${deviceName(d)}</a><span class="under muted">${d.vendor === '' ? (d.randomMac ? t('devices.random') : '') : clip(d.vendor, 60)} <span class="mono">${d.mac}</span></span>`,
      onlineBadge(d),
      addresses(d),
      clip(d.pool, 40),
      bytes(d.bytesSent + d.bytesRcvd),
      d.activeFlows === 0 ? '' : number(d.activeFlows),
      time(d.firstMs),
      time(d.lastMs),
    ]),
  );
}

async function listPage(room: Room, ctx: AdminContext): Promise<void> {
  const q = deviceQuery(ctx);
  const found = await room.port.engine.ask('devices', q).catch(() => undefined);
  const params = { search: q.search, sort: q.sort === 'last' ? '' : q.sort };
  const body =
    found === undefined
      ? emptyState('host', t('flows.down'), t('flows.down.text'))
      : found.items.length === 0
        ? emptyState('host', t('devices.none'), q.search === '' ? t('devices.none.text') : t('devices.none.filtered'))
        : html`${deviceTable(found.items)}${pager(found.total, q.offset, q.limit, (offset) => link('/devices', { ...params, offset: offset === 0 ? undefined : offset }))}`;
  renderPage(room, ctx, {
    section: 'devices',
    title: t('devices.title'),
    lead: found === undefined ? null : t('devices.total', { n: found.total }),
    body: html`${networkTabs('/devices')}<form class="filters" method="get" action="/devices" role="search">${searchRow('search', q.search, t('devices.search'), t('search'))}${select(
      'sort',
      'sort',
      q.sort,
      SORTS.map((s) => ({ value: s, label: t(`devices.sort.${s}` as TextKey) })),
      t('devices.sort'),
    )}${q.search === '' ? null : html`<a class="button quiet" href="${link('/devices', { sort: params.sort })}">${t('filter.clear')}</a>`}</form>${body}`,
  });
}

export function deviceRoutes(router: Router<State>, room: Room): void {
  router.get('/devices', (ctx) => listPage(room, ctx));

  router.get('/devices/:id', async (ctx) => {
    await deviceDetail(room, ctx, (ctx.params['id'] ?? '').slice(0, 64));
  });

  const done = (ctx: AdminContext, href: string, ok: boolean, text: string): void => {
    room.flashes.set(ctx.state.session!.hash, { ok, text });
    ctx.status = 303;
    ctx.redirect(href);
  };

  router.post('/devices/:id/name', async (ctx) => {
    const id = (ctx.params['id'] ?? '').slice(0, 64);
    const alias = field(ctx, 'alias', ALIAS_CHARS).trim();
    try {
      const { ok } = await room.port.engine.ask('nameDevice', { id, alias });
      done(ctx, deviceHref(id), ok, ok ? t('device.alias.done') : t('device.gone'));
    } catch (error) {
      done(ctx, deviceHref(id), false, t('device.alias.failed', { why: (error as Error).message }));
    }
  });

  router.post('/devices/:id/forget', async (ctx) => {
    const id = (ctx.params['id'] ?? '').slice(0, 64);
    try {
      const { ok } = await room.port.engine.ask('forgetDevice', { id });
      done(ctx, ok ? '/devices' : deviceHref(id), ok, ok ? t('device.forgotten') : t('device.gone'));
    } catch (error) {
      done(ctx, deviceHref(id), false, t('device.alias.failed', { why: (error as Error).message }));
    }
  });
}
