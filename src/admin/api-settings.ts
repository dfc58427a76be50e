/** API of what stands below /settings besides the table itself: destinations of notifications. */
import { accounts } from '../appliance/accounts.ts';
import { BackupError } from '../appliance/backup.ts';
import { networkFault } from '../appliance/box-network.ts';
import type { Destination } from '../notify/notify.ts';
import { DESTINATION_TYPES } from '../notify/notify.ts';
import { destinationFaults, NOTIFY_LIMITS, SENDERS, withoutSecrets } from '../notify/senders.ts';
import type { ApiRoute } from './api.ts';
import { type AdminContext, Refusal, type Room } from './context.ts';
import { sentence } from './forms/settings-form.ts';
import { t } from './i18n.ts';
import { askedBy, networkOf } from './pages/box-network.ts';
import { ownNames } from './pages/certificate.ts';
import { saveDestination } from './pages/notifications.ts';
import { addToken, addUser, removeUser } from './pages/users.ts';

const gone = (): never => {
  throw new Refusal(404, t('error.404'));
};

const find = (room: Room, id: string | undefined): Destination | undefined =>
  room.port.settings.get().destinations.find((d) => d.id === id);

const shown = (room: Room, d: Destination): unknown => ({ ...withoutSecrets(d), state: room.port.notify.state(d.id) });

/** The body as a destination: an empty secret keeps what is saved. */
function posted(room: Room, ctx: AdminContext, id: string): Destination {
  const body = { ...ctx.state.body, id } as unknown as Destination;
  const saved = find(room, id);
  if (saved === undefined || saved.type !== body.type || typeof body.params !== 'object' || body.params === null)
    return body;
  const params = { ...body.params };
  for (const { name, kind } of SENDERS[saved.type].params) {
    if (kind === 'secret' && (params[name] === undefined || params[name] === ''))
      params[name] = saved.params[name] ?? '';
  }
  return { ...body, params };
}

function faultOf(ctx: AdminContext, d: Destination): unknown {
  const [first] = Object.entries(destinationFaults(d));
  if (first === undefined) return undefined;
  ctx.status = 422;
  return { error: sentence(first[1]), field: first[0] };
}

const sent = (ctx: AdminContext, name: string): string => {
  const value = ctx.state.body[name];
  return typeof value === 'string' ? value : '';
};

/** The network of this box; the change that somebody made is confirmed by the same session or token, or with its ticket. */
const NETWORK_API: readonly ApiRoute[] = [
  { method: 'get', path: '/network', handler: (room) => ({ network: room.port.network.status() ?? null }) },
  {
    method: 'put',
    path: '/network',
    handler: async (room, ctx) => {
      if (room.port.network.status() === undefined) return gone();
      const wanted = networkOf(ctx);
      const fault = networkFault(wanted);
      const done = fault === undefined ? await room.port.network.change(wanted, askedBy(ctx)) : undefined;
      if (done?.ok) return { ticket: done.ticket, trial: room.port.network.status()?.trial };
      ctx.status = 422;
      return fault === undefined
        ? { error: done?.text ?? '', field: 'network' }
        : { error: t(`box.fault.${fault.fault}`), field: fault.field };
    },
  },
  {
    method: 'post',
    path: '/network/confirm',
    handler: async (room, ctx) => {
      if (await room.port.network.confirm(askedBy(ctx), sent(ctx, 'ticket'))) return { ok: true };
      ctx.status = 422;
      return { error: t('box.not_yours'), field: 'ticket' };
    },
  },
  {
    method: 'post',
    path: '/network/undo',
    handler: async (room) => {
      await room.port.network.undo();
      return { ok: true };
    },
  },
];

const ACCOUNTS_API: readonly ApiRoute[] = [
  {
    method: 'get',
    path: '/users',
    handler: (room) => ({
      items: accounts(room.port.settings.get()).map(({ name, role, totp, createdMs }) => ({
        name,
        role,
        codes: totp !== '',
        createdMs,
      })),
    }),
  },
  {
    method: 'post',
    path: '/users',
    handler: async (room, ctx) => {
      const errors = await addUser(room, sent(ctx, 'name'), sent(ctx, 'role'), sent(ctx, 'password'));
      if (errors === undefined) return { ok: true };
      ctx.status = 422;
      const [first] = Object.entries(errors);
      return { error: first?.[1], field: first?.[0] };
    },
  },
  {
    method: 'delete',
    path: '/users/:name',
    handler: async (room, ctx, p) =>
      p['name'] !== ctx.state.session?.user && (await removeUser(room, p['name']!)) ? { ok: true } : gone(),
  },
  {
    method: 'get',
    path: '/tokens',
    handler: (room) => ({ items: room.port.settings.get().tokens.map(({ hash, ...k }) => k) }),
  },
  {
    method: 'post',
    path: '/tokens',
    handler: async (room, ctx) => {
      const made = await addToken(room, sent(ctx, 'name').trim(), sent(ctx, 'scope'));
      if ('error' in made) {
        ctx.status = 422;
        return { error: made.error, field: 'name' };
      }
      const { hash, ...token } = made.token;
      return { ...token, text: made.text };
    },
  },
  {
    method: 'delete',
    path: '/tokens/:id',
    handler: async (room, _ctx, p) => {
      const { tokens } = room.port.settings.get();
      const token = tokens.find((k) => k.id === p['id']) ?? gone();
      await room.port.settings.update({ tokens: tokens.filter((k) => k !== token) });
      return { ok: true };
    },
  },
];

const SYSTEM_API: readonly ApiRoute[] = [
  {
    method: 'post',
    path: '/backup',
    handler: async (room, ctx) => {
      try {
        return { backup: await room.port.system.backup(sent(ctx, 'passphrase')) };
      } catch (error) {
        if (!(error instanceof BackupError)) throw error;
        ctx.status = 422;
        return { error: error.message, field: 'passphrase' };
      }
    },
  },
  {
    method: 'post',
    path: '/restore',
    handler: async (room, ctx) => {
      const result = await room.port.system.restore(sent(ctx, 'backup'), sent(ctx, 'passphrase'));
      if (result.ok) return result;
      ctx.status = 422;
      return { error: result.text, field: 'backup' };
    },
  },
  {
    method: 'get',
    path: '/certificate',
    handler: (room) => ({ certificate: room.port.certificate.current() ?? null }),
  },
  {
    method: 'post',
    path: '/certificate',
    handler: async (room, ctx) => {
      await room.port.certificate.makeOwn(ownNames(ctx));
      return { certificate: room.port.certificate.current() ?? null };
    },
  },
  {
    method: 'put',
    path: '/certificate',
    handler: async (room, ctx) => {
      const fault = await room.port.certificate.install({ cert: sent(ctx, 'cert'), key: sent(ctx, 'key') });
      if (fault === undefined) return { certificate: room.port.certificate.current() ?? null };
      ctx.status = 422;
      return { error: fault, field: 'cert' };
    },
  },
  {
    method: 'delete',
    path: '/certificate',
    handler: async (room) => {
      await room.port.certificate.remove();
      return { ok: true };
    },
  },
  ...NETWORK_API,
  {
    method: 'post',
    path: '/restart',
    handler: (room) => {
      room.port.system.restart('asked for by the API');
      return { ok: true };
    },
  },
];

export const SETTINGS_API: readonly ApiRoute[] = [
  ...ACCOUNTS_API,
  ...SYSTEM_API,
  {
    method: 'get',
    path: '/notifications',
    handler: (room) => ({
      items: room.port.settings.get().destinations.map((d) => shown(room, d)),
      types: DESTINATION_TYPES.map((type) => ({
        type,
        title: SENDERS[type].title,
        params: SENDERS[type].params.map(({ wrong, ...p }) => p),
      })),
    }),
  },
  {
    method: 'put',
    path: '/notifications/:id',
    handler: async (room, ctx, p) => {
      const d = posted(room, ctx, p['id']!);
      const fault = faultOf(ctx, d);
      if (fault !== undefined) return fault;
      if (
        find(room, d.id) === undefined &&
        room.port.settings.get().destinations.length >= NOTIFY_LIMITS.destinations
      ) {
        ctx.status = 422;
        return { error: t('notify.full', { max: NOTIFY_LIMITS.destinations }), field: 'id' };
      }
      await saveDestination(room, d);
      return shown(room, d);
    },
  },
  {
    method: 'delete',
    path: '/notifications/:id',
    handler: async (room, _ctx, p) => {
      const d = find(room, p['id']) ?? gone();
      const rest = room.port.settings.get().destinations.filter(({ id }) => id !== d.id);
      await room.port.settings.update({ destinations: rest });
      return { ok: true };
    },
  },
  {
    method: 'post',
    path: '/notifications/:id/test',
    handler: (room, _ctx, p) => room.port.notify.test(find(room, p['id']) ?? gone()),
  },
];
