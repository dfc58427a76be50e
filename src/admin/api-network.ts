/** API of groups of alerts, exclusions, and what is on the network: devices, hosts, networks, history. */
import type { Exclusion, ExclusionDraft } from '../alerts/exclusion.ts';
import { EXCLUSION_LIMITS } from '../alerts/exclusions.ts';
import { type AlertMatch, isEmptyMatch, type MatchField, readMatch } from '../alerts/match.ts';
import type { HistoryQuery } from '../link/topics-traffic.ts';
import type { ApiRoute } from './api.ts';
import { type AdminContext, OWNER, query, queryNumber, Refusal, type Room } from './context.ts';
import { type TextKey, t } from './i18n.ts';
import { askedOf } from './pages/alerts.ts';
import { deviceQuery } from './pages/devices.ts';
import { hostQuery } from './pages/hosts.ts';

const gone = (): never => {
  throw new Refusal(404, t('error.404'));
};

function asked<T>(promise: Promise<T>): Promise<T> {
  return promise.catch(() => {
    throw new Refusal(503, t('flows.down'));
  });
}

const refused = (ctx: AdminContext, field: string, error: string): unknown => {
  ctx.status = 422;
  return { error, field };
};

type Fields = Record<string, unknown>;
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The match of a body, or why there is none: the first field at fault and the sentence about it. */
function matchIn(body: Fields): { match: AlertMatch } | { field: string; error: string } {
  if (!isFields(body['match'])) return { field: 'match', error: t('error.400') };
  const { match, faults } = readMatch(body['match']);
  const [first] = Object.entries(faults) as [MatchField, string][];
  if (first !== undefined) return { field: first[0], error: t(`match.fault.${first[1]}` as TextKey) };
  return isEmptyMatch(match) ? { field: 'match', error: t('exclusion.conditions.none') } : { match };
}

function draftIn(body: Fields): { draft: ExclusionDraft } | { field: string; error: string } {
  const read = matchIn(body);
  if ('error' in read) return read;
  const { reason = '', active = true, expiresMs } = body;
  if (typeof reason !== 'string' || reason.length > EXCLUSION_LIMITS.reasonChars)
    return { field: 'reason', error: t('error.400') };
  if (typeof active !== 'boolean') return { field: 'active', error: t('error.400') };
  if (expiresMs !== undefined && !(typeof expiresMs === 'number' && Number.isFinite(expiresMs)))
    return { field: 'expiresMs', error: t('error.400') };
  return { draft: { match: read.match, reason, active, ...(expiresMs === undefined ? {} : { expiresMs }) } };
}

async function saveExclusion(room: Room, ctx: AdminContext, id: string | undefined): Promise<Exclusion | unknown> {
  const read = draftIn(ctx.state.body);
  if ('error' in read) return refused(ctx, read.field, read.error);
  const { exclusions } = room.port;
  if (id !== undefined) return (await exclusions.change(id, read.draft)) ?? gone();
  try {
    return await exclusions.add(read.draft, ctx.state.session?.user ?? OWNER);
  } catch (error) {
    return refused(ctx, 'match', t('exclusion.failed', { why: (error as Error).message }));
  }
}

function historyQuery(ctx: AdminContext): HistoryQuery {
  const what = (['traffic', 'protocols', 'hosts'] as const).find((w) => w === query(ctx, 'what')) ?? 'traffic';
  const step = (['minute', 'hour', 'day'] as const).find((s) => s === query(ctx, 'step')) ?? 'hour';
  return { what, step, steps: queryNumber(ctx, 'steps', 24, 1, 1440), top: queryNumber(ctx, 'top', 6, 0, 20) };
}

export const NETWORK_API: readonly ApiRoute[] = [
  {
    method: 'get',
    path: '/alerts/groups',
    handler: (room, ctx) => {
      const { filter, view } = askedOf(ctx);
      return room.port.alerts.groups(filter, view === 'none' ? 'thing' : view);
    },
  },
  { method: 'get', path: '/exclusions', handler: (room) => ({ items: room.port.exclusions.list() }) },
  { method: 'post', path: '/exclusions', handler: (room, ctx) => saveExclusion(room, ctx, undefined) },
  {
    method: 'post',
    path: '/exclusions/preview',
    handler: (room, ctx) => {
      const read = matchIn(ctx.state.body);
      return 'error' in read ? refused(ctx, read.field, read.error) : room.port.exclusions.preview(read.match);
    },
  },
  { method: 'get', path: '/exclusions/:id', handler: (room, _ctx, p) => room.port.exclusions.get(p['id']!) ?? gone() },
  { method: 'put', path: '/exclusions/:id', handler: (room, ctx, p) => saveExclusion(room, ctx, p['id']) },
  {
    method: 'delete',
    path: '/exclusions/:id',
    handler: async (room, _ctx, p) => ((await room.port.exclusions.remove(p['id']!)) ? { ok: true } : gone()),
  },
  { method: 'get', path: '/devices', handler: (room, ctx) => asked(room.port.engine.ask('devices', deviceQuery(ctx))) },
  {
    method: 'get',
    path: '/devices/:id',
    handler: async (room, _ctx, p) => {
      const found = await asked(room.port.engine.ask('device', { id: p['id']!.slice(0, 64) }));
      return found.device === null ? gone() : found;
    },
  },
  {
    method: 'patch',
    path: '/devices/:id',
    handler: async (room, ctx, p) => {
      const { alias } = ctx.state.body;
      if (typeof alias !== 'string' || alias.length > 64) return refused(ctx, 'alias', t('error.400'));
      const { ok } = await asked(
        room.port.engine.ask('nameDevice', { id: p['id']!.slice(0, 64), alias: alias.trim() }),
      );
      return ok ? { ok } : gone();
    },
  },
  {
    method: 'delete',
    path: '/devices/:id',
    handler: async (room, _ctx, p) => {
      const { ok } = await asked(room.port.engine.ask('forgetDevice', { id: p['id']!.slice(0, 64) }));
      return ok ? { ok } : gone();
    },
  },
  { method: 'get', path: '/hosts', handler: (room, ctx) => asked(room.port.engine.ask('hosts', hostQuery(ctx))) },
  {
    method: 'get',
    path: '/hosts/:ip',
    handler: async (room, ctx, p) => {
      const found = await asked(
        room.port.engine.ask('host', { ip: p['ip']!.slice(0, 64), vlan: queryNumber(ctx, 'vlan', 0, 0, 4095) }),
      );
      return found.host ?? gone();
    },
  },
  { method: 'get', path: '/networks', handler: (room) => asked(room.port.engine.ask('networks', {})) },
  {
    method: 'get',
    path: '/history',
    handler: (room, ctx) => asked(room.port.engine.ask('history', historyQuery(ctx))),
  },
];
