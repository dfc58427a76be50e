/**
 * The JSON API: the same data and actions as the pages. `API` is the list that runs, assets/openapi.json describes it, and
 * a test keeps the two equal. Sign-in is the page's session cookie; changes carry its token in X-CSRF-Token.
 */
import type Router from '@koa/router';
import type { Settings } from '../appliance/port.ts';
import { SETTINGS_KEYS, SETTINGS_RULES, SETTINGS_SECTIONS, type SettingsKey } from '../appliance/settings-schema.ts';
import type { ScriptInfo } from '../plugins/types.ts';
import { parseConf } from '../plugins/validate.ts';
import { ACCOUNT_API } from './api-account.ts';
import { CONFIGS_API } from './api-configs.ts';
import { NETWORK_API } from './api-network.ts';
import { SETTINGS_API } from './api-settings.ts';
import { UPDATES_API } from './api-updates.ts';
import { WORKSHOP_API } from './api-workshop.ts';
import { type AdminContext, Refusal, type Room, type State } from './context.ts';
import { sentence } from './forms/settings-form.ts';
import { t } from './i18n.ts';
import { lostPackets } from './layout.ts';
import { changePassword, mayEnd } from './pages/account.ts';
import { filterOf } from './pages/alerts.ts';
import { flowQuery } from './pages/flows.ts';
import { filteredLog } from './pages/logs.ts';
import { needs, topShares } from './pages/overview.ts';
import { isOn, scriptsOf, subdirOf, TAB_ORDER } from './pages/scripts.ts';
import { MAX_LENGTH } from './password.ts';

type Params = Record<string, string>;
type ApiHandler = (room: Room, ctx: AdminContext, params: Params) => unknown;

export interface ApiRoute {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** Below /api/v1, parameters as ":name". */
  path: string;
  handler: ApiHandler;
}

const gone = (): never => {
  throw new Refusal(404, t('error.404'));
};

const texts = (value: unknown, bound: number): string[] => {
  if (!Array.isArray(value) || value.length > bound || !value.every((v) => typeof v === 'string')) {
    throw new Refusal(400, t('error.400'));
  }
  return value as string[];
};

const text = (value: unknown, bound: number): string => {
  if (typeof value !== 'string' || value.length > bound) throw new Refusal(400, t('error.400'));
  return value;
};

function engineFlows<T>(promise: Promise<T>): Promise<T> {
  return promise.catch(() => {
    throw new Refusal(503, t('flows.down'));
  });
}

function scriptOf(room: Room, params: Params): ScriptInfo {
  const subdir = subdirOf(params['subdir'] ?? '');
  return (subdir && scriptsOf(room, subdir).find((s) => s.key === params['key'])) ?? gone();
}

const withConf = (room: Room, s: ScriptInfo): unknown => {
  const conf = room.port.config.script(s.subdir, s.key);
  return { ...s, enabled: isOn(conf), conf };
};

/** Settings that a form shows; the others have routes of their own. */
const PUBLIC_KEYS = SETTINGS_KEYS.filter((key) => SETTINGS_RULES[key].section !== 'none');

function publicSettings(room: Room): unknown {
  const settings = room.port.settings.get();
  const shown = Object.fromEntries(PUBLIC_KEYS.map((key) => [key, settings[key]]));
  return { ...shown, passwordSet: settings.passwordHash !== '' };
}

/** The table of settings, for programs that draw their own form. */
function settingsSchema(): unknown {
  return {
    sections: SETTINGS_SECTIONS,
    settings: PUBLIC_KEYS.map((key) => {
      const { section, title, help, fallback, applies, input } = SETTINGS_RULES[key];
      return { key, section, title, help, fallback, applies, input };
    }),
  };
}

async function saveScript(room: Room, ctx: AdminContext, params: Params): Promise<unknown> {
  const script = scriptOf(room, params);
  const conf: Parameters<typeof room.port.config.save>[2] = {};
  for (const hook of script.configHooks) {
    const result = parseConf(script.gui, hook, ctx.state.body[hook]);
    if (result.ok) conf[hook] = result.conf;
    else return refuse(ctx, result.field, result.message);
  }
  const saved = await room.port.config.save(script.subdir, script.key, conf);
  return saved.ok ? withConf(room, script) : refuse(ctx, saved.field, saved.message);
}

function refuse(ctx: AdminContext, field: string, message: string): unknown {
  ctx.status = 422;
  return { error: message, field };
}

async function alertActions(room: Room, ctx: AdminContext): Promise<unknown> {
  const ids = texts(ctx.state.body['ids'], 500).filter((id) => room.port.alerts.get(id) !== undefined);
  const action = ctx.state.body['action'];
  if (action === 'delete') await room.port.alerts.remove(ids);
  else if (action === 'ack' || action === 'unack') await room.port.alerts.acknowledge(ids, action === 'ack');
  else throw new Refusal(400, t('error.400'));
  return { changed: ids.length };
}

/** Some settings by their keys; all or none are taken. */
async function patchSettings(room: Room, ctx: AdminContext): Promise<unknown> {
  for (const [key, value] of Object.entries(ctx.state.body)) {
    if (!PUBLIC_KEYS.includes(key as SettingsKey)) return refuse(ctx, key, t('settings.unknown', { key }));
    const fault = SETTINGS_RULES[key as SettingsKey].wrong(value);
    if (fault !== undefined) return refuse(ctx, key, sentence(fault));
  }
  await room.port.settings.update(ctx.state.body as Partial<Settings>);
  return publicSettings(room);
}

async function putPassword(room: Room, ctx: AdminContext): Promise<unknown> {
  const current = text(ctx.state.body['current'], MAX_LENGTH + 1);
  const result = await changePassword(room, ctx, current, text(ctx.state.body['password'], MAX_LENGTH + 1));
  return result.ok ? { ok: true } : refuse(ctx, result.field === 'first' ? 'password' : 'current', result.message);
}

async function overview(room: Room): Promise<unknown> {
  const { port } = room;
  const flows = await port.engine
    .flows({ search: '', limit: 500, sort: 'bytes' })
    .catch(() => ({ total: 0, items: [] }));
  const stats = port.engine.stats();
  return {
    needs: needs(port).items,
    ...topShares(port, flows.items),
    stats: stats ?? null,
    lost: stats ? lostPackets(stats) : null,
  };
}

export const API: readonly ApiRoute[] = [
  ...SETTINGS_API,
  ...NETWORK_API,
  ...WORKSHOP_API,
  ...UPDATES_API,
  ...CONFIGS_API,
  ...ACCOUNT_API,
  {
    method: 'get',
    path: '/session',
    handler: (room, ctx) => ({
      user: ctx.state.session!.user,
      createdMs: ctx.state.session!.createdMs,
      token: room.sessions.token(ctx.state.subject),
    }),
  },
  { method: 'get', path: '/overview', handler: overview },
  { method: 'get', path: '/alerts', handler: (room, ctx) => room.port.alerts.query(filterOf(ctx)) },
  { method: 'get', path: '/alerts/counts', handler: (room) => room.port.alerts.counts() },
  { method: 'post', path: '/alerts/actions', handler: alertActions },
  { method: 'get', path: '/alerts/:id', handler: (room, _ctx, p) => room.port.alerts.get(p['id']!) ?? gone() },
  {
    method: 'get',
    path: '/alerts/:id/packets',
    handler: async (room, _ctx, p) => {
      const key = room.port.alerts.get(p['id']!)?.evidence?.key ?? gone();
      const packets = (await room.port.evidence.read(key)) ?? gone();
      return { capture: Buffer.from(packets).toString('base64') };
    },
  },
  {
    method: 'put',
    path: '/alerts/:id/note',
    handler: async (room, ctx, p) => {
      const alert = room.port.alerts.get(p['id']!) ?? gone();
      await room.port.alerts.note(alert._id, text(ctx.state.body['note'], 2000));
      return room.port.alerts.get(alert._id);
    },
  },
  { method: 'get', path: '/flows', handler: (room, ctx) => engineFlows(room.port.engine.flows(flowQuery(ctx))) },
  {
    method: 'get',
    path: '/flows/:id',
    handler: async (room, _ctx, p) => {
      if (!/^\d{1,16}$/.test(p['id']!)) return gone();
      return (await engineFlows(room.port.engine.flow(Number(p['id'])))) ?? gone();
    },
  },
  { method: 'get', path: '/plugins', handler: (room) => ({ items: room.port.engine.plugins() }) },
  {
    method: 'post',
    path: '/plugins/reload',
    handler: (room) => engineFlows(room.port.engine.reloadPlugins()),
  },
  {
    method: 'get',
    path: '/plugins/:key',
    handler: (room, _ctx, p) => room.port.engine.plugins().find((x) => x.key === p['key']) ?? gone(),
  },
  {
    method: 'post',
    path: '/plugins/:key/release',
    handler: async (room, _ctx, p) => {
      const plugin = room.port.engine.plugins().find((x) => x.key === p['key']) ?? gone();
      await room.port.engine.releasePlugin(plugin.key);
      return { ok: true };
    },
  },
  {
    method: 'put',
    path: '/plugins/:key/permissions/:permission',
    handler: async (room, ctx, p) => {
      const plugin = room.port.engine.plugins().find((x) => x.key === p['key']) ?? gone();
      const asked = plugin.permissions.find((x) => x.id === p['permission']) ?? gone();
      const { granted } = ctx.state.body;
      if (typeof granted !== 'boolean') throw new Refusal(422, 'granted must be true or false');
      const saved = await room.port.config.permit(plugin.key, asked.id, granted);
      if (!saved.ok) throw new Refusal(422, saved.message);
      return { ok: true };
    },
  },
  {
    method: 'get',
    path: '/scripts',
    handler: (room) => ({ items: TAB_ORDER.flatMap((s) => scriptsOf(room, s)).map((s) => withConf(room, s)) }),
  },
  { method: 'get', path: '/scripts/:subdir/:key', handler: (room, _ctx, p) => withConf(room, scriptOf(room, p)) },
  { method: 'put', path: '/scripts/:subdir/:key', handler: saveScript },
  {
    method: 'get',
    path: '/scripts/:subdir/:key/defaults',
    handler: (room, _ctx, p) => {
      const s = scriptOf(room, p);
      return room.port.config.defaults(s.subdir, s.key);
    },
  },
  {
    method: 'get',
    path: '/health',
    handler: (room) => ({
      parts: room.port.health.parts(),
      process: room.port.health.process(),
      engine: room.port.engine.state(),
      stats: room.port.engine.stats() ?? null,
      store: room.port.alerts.health(),
      machine: room.port.health.machine(),
    }),
  },
  { method: 'get', path: '/logs', handler: (room, ctx) => ({ items: filteredLog(room, ctx).slice(0, 1000) }) },
  { method: 'get', path: '/settings', handler: publicSettings },
  { method: 'get', path: '/settings/schema', handler: settingsSchema },
  { method: 'patch', path: '/settings', handler: patchSettings },
  { method: 'put', path: '/password', handler: putPassword },
  {
    method: 'get',
    path: '/sessions',
    handler: (room, ctx) => ({
      items: room.sessions
        .list()
        .filter((s) => mayEnd(ctx, s.user))
        .map(({ hash, ...s }) => ({ id: hash, current: hash === ctx.state.session!.hash, ...s })),
    }),
  },
  {
    method: 'delete',
    path: '/sessions/:id',
    handler: async (room, ctx, p) => {
      const session = room.sessions.list().find((s) => s.hash === p['id'] && mayEnd(ctx, s.user)) ?? gone();
      await room.sessions.revoke(session.hash);
      return { ok: true };
    },
  },
];

export function apiRoutes(router: Router<State>, room: Room): void {
  for (const route of API) {
    router[route.method](`/api/v1${route.path}`, async (ctx) => {
      const body = await route.handler(room, ctx, ctx.params as Params);
      ctx.type = 'application/json; charset=utf-8';
      ctx.body = JSON.stringify(body);
    });
  }
}
