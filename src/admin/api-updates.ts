/** API of updates (both slots, a version as a file or from an address, the other version next), and of finding the mirror port. */
import type { UpdateDone } from '../appliance/update.ts';
import type { ApiRoute } from './api.ts';
import type { AdminContext } from './context.ts';
import { receiveFile, startFetch } from './pages/updates.ts';
import { LISTEN_SECONDS } from './pages/welcome.ts';

const sent = (ctx: AdminContext, name: string, bound: number): string => {
  const value = ctx.state.body[name];
  return typeof value === 'string' ? value.slice(0, bound) : '';
};

function told(ctx: AdminContext, done: UpdateDone, field: string): unknown {
  if (done.ok) return done;
  ctx.status = 422;
  return { error: done.text, field };
}

export const UPDATES_API: readonly ApiRoute[] = [
  {
    method: 'get',
    path: '/update',
    handler: ({ port }) => ({
      version: port.version,
      status: port.updates.status() ?? null,
      history: port.updates.history(),
    }),
  },
  {
    method: 'post',
    path: '/update/fetch',
    handler: async (room, ctx) =>
      told(ctx, await startFetch(room, sent(ctx, 'url', 1001), sent(ctx, 'sha256', 100)), 'url'),
  },
  {
    method: 'put',
    path: '/update/file',
    handler: async (room, ctx) => told(ctx, await receiveFile(room, ctx), 'file'),
  },
  {
    method: 'post',
    path: '/update/other',
    handler: async (room, ctx) => told(ctx, await room.port.updates.ask('other'), 'other'),
  },
  {
    method: 'post',
    path: '/update/reboot',
    handler: async (room, ctx) => told(ctx, await room.port.updates.ask('reboot'), 'reboot'),
  },
  {
    method: 'get',
    path: '/ports',
    handler: (room) => ({ items: room.port.probe.candidates() }),
  },
  {
    method: 'post',
    path: '/ports/listen',
    handler: async (room) => {
      const names = room.port.probe.candidates().map(({ name }) => name);
      return { items: await room.port.probe.listen(names, LISTEN_SECONDS) };
    },
  },
];
