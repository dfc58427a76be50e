/** API of what stands below /settings besides the table itself: destinations of notifications. */
import type { Destination } from '../notify/notify.ts';
import { DESTINATION_TYPES } from '../notify/notify.ts';
import { destinationFaults, NOTIFY_LIMITS, SENDERS, withoutSecrets } from '../notify/senders.ts';
import type { ApiRoute } from './api.ts';
import { type AdminContext, Refusal, type Room } from './context.ts';
import { sentence } from './forms/settings-form.ts';
import { t } from './i18n.ts';
import { saveDestination } from './pages/notifications.ts';

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

export const SETTINGS_API: readonly ApiRoute[] = [
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
