/** API of configuration sets, pools, and recipients of plugins' back-ends. */
import type { Saved } from '../appliance/port.ts';
import { parseRecipient } from '../plugins/recipients.ts';
import { POOL_KINDS, type PoolKind, type Recipient } from '../plugins/types.ts';
import type { ApiRoute } from './api.ts';
import { type AdminContext, Refusal, type Room } from './context.ts';
import { t } from './i18n.ts';
import { isSecretName, tryRecipient } from './pages/recipients.ts';

type Params = Record<string, string>;

const gone = (): never => {
  throw new Refusal(404, t('error.404'));
};

const sent = (ctx: AdminContext, name: string): string => {
  const value = ctx.state.body[name];
  return typeof value === 'string' ? value.slice(0, 100) : '';
};

function told(ctx: AdminContext, saved: Saved): unknown {
  if (saved.ok) return saved;
  ctx.status = 422;
  return { error: saved.message, field: saved.field };
}

const idOf = (text: string | undefined): number => (/^\d{1,9}$/.test(text ?? '') ? Number(text) : gone());

function setOf(room: Room, p: Params): number {
  const id = idOf(p['id']);
  return room.port.config.sets().some((set) => set.id === id) ? id : gone();
}

const SETS_API: readonly ApiRoute[] = [
  {
    method: 'get',
    path: '/configurations',
    handler: (room) => ({ items: room.port.config.sets().map(({ id, name }) => ({ id, name })) }),
  },
  {
    method: 'post',
    path: '/configurations',
    handler: async ({ port: { config } }, ctx) => {
      const from = ctx.state.body['from'];
      const name = sent(ctx, 'name');
      return told(ctx, await (typeof from === 'number' ? config.cloneSet(from, name) : config.createSet(name)));
    },
  },
  {
    method: 'get',
    path: '/configurations/export',
    handler: (room) => JSON.parse(room.port.config.exportSets()) as unknown,
  },
  {
    method: 'post',
    path: '/configurations/import',
    handler: async (room, ctx) => told(ctx, await room.port.config.importSets(JSON.stringify(ctx.state.body))),
  },
  {
    method: 'post',
    path: '/configurations/reset',
    handler: async (room, ctx) => told(ctx, await room.port.config.resetSet()),
  },
  {
    method: 'get',
    path: '/configurations/:id/export',
    handler: (room, _ctx, p) => JSON.parse(room.port.config.exportSets(setOf(room, p))) as unknown,
  },
  {
    method: 'patch',
    path: '/configurations/:id',
    handler: async (room, ctx, p) => told(ctx, await room.port.config.renameSet(setOf(room, p), sent(ctx, 'name'))),
  },
  {
    method: 'delete',
    path: '/configurations/:id',
    handler: async (room, ctx, p) => told(ctx, await room.port.config.removeSet(setOf(room, p))),
  },
];

const kindOf = (text: unknown): PoolKind => POOL_KINDS.find((kind) => kind === text) ?? gone();

async function savePool(room: Room, ctx: AdminContext, kind: PoolKind, id?: number): Promise<unknown> {
  const { members = [], configSet = 0 } = ctx.state.body;
  const wrong = !Array.isArray(members) || members.length > 10_000 || !members.every((m) => typeof m === 'string');
  if (wrong) throw new Refusal(400, t('error.400'));
  if (typeof configSet !== 'number') throw new Refusal(400, t('error.400'));
  const pool = { kind, name: sent(ctx, 'name'), members: members as string[], configSet };
  return told(ctx, await room.port.config.savePool(id === undefined ? pool : { ...pool, id }));
}

function poolOf(room: Room, p: Params): { kind: PoolKind; id: number } {
  const kind = kindOf(p['kind']);
  const id = idOf(p['id']);
  return room.port.config.pools().some((pool) => pool.kind === kind && pool.id === id) ? { kind, id } : gone();
}

const POOLS_API: readonly ApiRoute[] = [
  { method: 'get', path: '/pools', handler: (room) => ({ items: room.port.config.pools() }) },
  {
    method: 'post',
    path: '/pools/:kind',
    handler: (room, ctx, p) => savePool(room, ctx, kindOf(p['kind'])),
  },
  {
    method: 'put',
    path: '/pools/:kind/:id',
    handler: (room, ctx, p) => {
      const { kind, id } = poolOf(room, p);
      return savePool(room, ctx, kind, id);
    },
  },
  {
    method: 'delete',
    path: '/pools/:kind/:id',
    handler: async (room, ctx, p) => {
      const { kind, id } = poolOf(room, p);
      return told(ctx, await room.port.config.removePool(kind, id));
    },
  },
];

const storedOf = (room: Room, id: string | undefined): Recipient =>
  room.port.config.recipients().find((one) => one.id === idOf(id)) ?? gone();

function hidden(fields: Recipient['conf']): Recipient['conf'] {
  return Object.fromEntries(Object.entries(fields).map(([name, text]) => [name, isSecretName(name) ? '' : text]));
}

/** What was sent over what is saved: an empty or missing secret keeps the saved one while the back-end is the same. */
function wantedOf(ctx: AdminContext, saved: Recipient | undefined): Recipient {
  const sentOne = parseRecipient({ minSeverity: 4, enabled: true, ...ctx.state.body, id: saved?.id ?? 0 });
  if (sentOne === undefined) throw new Refusal(400, t('error.400'));
  if (saved === undefined || saved.plugin !== sentOne.plugin || saved.endpoint !== sentOne.endpoint) return sentOne;
  const kept = (now: Recipient['conf'], before: Recipient['conf']): Recipient['conf'] => {
    const secrets = Object.entries(before).filter(([name]) => isSecretName(name) && (now[name] ?? '') === '');
    return { ...now, ...Object.fromEntries(secrets) };
  };
  return { ...sentOne, conf: kept(sentOne.conf, saved.conf), params: kept(sentOne.params, saved.params) };
}

const RECIPIENTS_API: readonly ApiRoute[] = [
  {
    method: 'get',
    path: '/recipients',
    handler: async (room) => {
      const states = await room.port.engine.ask('pluginRecipients', {}).catch(() => ({ items: [] }));
      return {
        items: room.port.config.recipients().map((one) => ({
          ...one,
          conf: hidden(one.conf),
          params: hidden(one.params),
          state: states.items.find(({ id }) => id === one.id) ?? null,
        })),
      };
    },
  },
  {
    method: 'post',
    path: '/recipients',
    handler: async (room, ctx) => told(ctx, await room.port.config.saveRecipient(wantedOf(ctx, undefined))),
  },
  {
    method: 'post',
    path: '/recipients/test',
    handler: (room, ctx) => tryRecipient(room, wantedOf(ctx, undefined)),
  },
  {
    method: 'put',
    path: '/recipients/:id',
    handler: async (room, ctx, p) =>
      told(ctx, await room.port.config.saveRecipient(wantedOf(ctx, storedOf(room, p['id'])))),
  },
  {
    method: 'delete',
    path: '/recipients/:id',
    handler: async (room, ctx, p) => told(ctx, await room.port.config.removeRecipient(storedOf(room, p['id']).id)),
  },
  {
    method: 'post',
    path: '/recipients/:id/test',
    handler: (room, _ctx, p) => tryRecipient(room, storedOf(room, p['id'])),
  },
];

export const CONFIGS_API: readonly ApiRoute[] = [...SETS_API, ...POOLS_API, ...RECIPIENTS_API];
