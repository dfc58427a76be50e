/** API of the workshop: plugins as files, checks, and what they would have raised. */
import type { Done } from '../appliance/plugin-files/port.ts';
import type { ApiRoute } from './api.ts';
import { type AdminContext, Refusal, type Room } from './context.ts';
import { t } from './i18n.ts';

const sent = (ctx: AdminContext, name: string): string => {
  const value = ctx.state.body[name];
  return typeof value === 'string' ? value : '';
};

function told(ctx: AdminContext, done: Done): unknown {
  if (done.ok) return done;
  ctx.status = 422;
  return { error: done.message };
}

function known(room: Room, key: string | undefined): string {
  if (key === undefined || room.port.pluginFiles.origin(key) === undefined) throw new Refusal(404, t('error.404'));
  return key;
}

/** Base64 of a file; undefined when the field is missing. */
function fileOf(ctx: AdminContext, name: string): Buffer | undefined {
  const text = sent(ctx, name);
  return text === '' ? undefined : Buffer.from(text, 'base64');
}

export const WORKSHOP_API: readonly ApiRoute[] = [
  { method: 'get', path: '/workshop', handler: (room) => ({ items: room.port.pluginFiles.drafts() }) },
  {
    method: 'post',
    path: '/workshop',
    handler: async (room, ctx) => {
      const archive = fileOf(ctx, 'archive');
      const files = room.port.pluginFiles;
      if (archive) return told(ctx, await files.upload(sent(ctx, 'name'), archive));
      return told(ctx, await files.create(sent(ctx, 'key'), sent(ctx, 'kind') || 'flow'));
    },
  },
  {
    method: 'get',
    path: '/workshop/:key',
    handler: (room, _ctx, p) => {
      const key = known(room, p['key']);
      const files = room.port.pluginFiles;
      return {
        key,
        origin: files.origin(key),
        files: files.files(key),
        permissions: files.permissions(key),
        versions: files.versions(key),
      };
    },
  },
  {
    method: 'delete',
    path: '/workshop/:key',
    handler: async (room, ctx, p) => {
      const key = known(room, p['key']);
      const files = room.port.pluginFiles;
      return told(ctx, files.origin(key) === 'draft' ? await files.discard(key) : await files.remove(key));
    },
  },
  {
    method: 'get',
    path: '/workshop/:key/file',
    handler: (room, ctx, p) => {
      const path = typeof ctx.query['path'] === 'string' ? ctx.query['path'] : 'manifest.lua';
      const text = room.port.pluginFiles.read(known(room, p['key']), path);
      if (text === undefined) throw new Refusal(404, t('error.404'));
      return { path, text };
    },
  },
  {
    method: 'put',
    path: '/workshop/:key/file',
    handler: async (room, ctx, p) => {
      const text = ctx.state.body['text'];
      const value = typeof text === 'string' ? text : undefined;
      return told(ctx, await room.port.pluginFiles.write(known(room, p['key']), sent(ctx, 'path'), value));
    },
  },
  {
    method: 'post',
    path: '/workshop/:key/edit',
    handler: async (room, ctx, p) => told(ctx, await room.port.pluginFiles.edit(known(room, p['key']))),
  },
  {
    method: 'post',
    path: '/workshop/:key/check',
    handler: (room, _ctx, p) => room.port.pluginFiles.check(known(room, p['key'])),
  },
  {
    method: 'post',
    path: '/workshop/:key/install',
    handler: async (room, ctx, p) => told(ctx, await room.port.pluginFiles.install(known(room, p['key']))),
  },
  {
    method: 'post',
    path: '/workshop/:key/restore',
    handler: async (room, ctx, p) =>
      told(ctx, await room.port.pluginFiles.restore(p['key'] ?? '', sent(ctx, 'version'))),
  },
  {
    method: 'post',
    path: '/workshop/:key/would-fire',
    handler: (room, ctx, p) => room.port.pluginFiles.wouldFire(known(room, p['key']), fileOf(ctx, 'capture')),
  },
];
