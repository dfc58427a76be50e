/** API of what a session does for its own account: one-time codes, its other sessions; and the factory reset. */
import { accountOf } from '../appliance/accounts.ts';
import type { ApiRoute } from './api.ts';
import type { AdminContext } from './context.ts';
import { endOthers, offerTotp, passwordAgain, totpOff, totpOn } from './pages/account.ts';
import { MAX_LENGTH } from './password.ts';

const sent = (ctx: AdminContext, name: string, bound = MAX_LENGTH + 1): string => {
  const value = ctx.state.body[name];
  return typeof value === 'string' ? value.slice(0, bound) : '';
};

function told(ctx: AdminContext, wrong: string | undefined, field: string): unknown {
  if (wrong === undefined) return { ok: true };
  ctx.status = 422;
  return { error: wrong, field };
}

export const ACCOUNT_API: readonly ApiRoute[] = [
  {
    method: 'get',
    path: '/totp',
    handler: ({ port }, ctx) => ({
      on: (accountOf(port.settings.get(), ctx.state.session!.user)?.totp ?? '') !== '',
    }),
  },
  {
    method: 'post',
    path: '/totp',
    handler: (room, ctx) => offerTotp(room, ctx.state.session!.user, ctx.state.session!.hash),
  },
  {
    method: 'put',
    path: '/totp',
    handler: async (room, ctx) => told(ctx, await totpOn(room, ctx, sent(ctx, 'code', 20)), 'code'),
  },
  {
    method: 'delete',
    path: '/totp',
    handler: async (room, ctx) => told(ctx, await totpOff(room, ctx, sent(ctx, 'current')), 'current'),
  },
  {
    method: 'delete',
    path: '/sessions',
    handler: async (room, ctx) => ({ ended: await endOthers(room, ctx) }),
  },
  {
    method: 'post',
    path: '/factory-reset',
    handler: async (room, ctx) => {
      const wrong = await passwordAgain(room, ctx, sent(ctx, 'current'));
      if (wrong === undefined) room.port.system.factoryReset();
      return told(ctx, wrong, 'current');
    },
  },
];
