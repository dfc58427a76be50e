/** The private functions of the prelude (__sys.*): sources of modules, texts, and the alerts that are not of a flow. */
import { statfsSync } from 'node:fs';
import { isIP } from 'node:net';
import type { HostFunction, LuaValue, Vm } from '../sandbox/index.ts';
import { alertsOf } from './api-entities.ts';
import { categoryName, flowProtocolName, l4Name, protocolName } from './ndpi.ts';
import type { Plugin } from './plugin.ts';
import { alertKind, boundedParams, plainText, ROOM_LIMITS, Room, WRITTEN } from './room.ts';
import type { House } from './runtime.ts';

/** Modules of 4.2 that are one of ours under another name. */
const ALIASES: { [name: string]: string } = {
  ts_utils: 'ts_utils_core',
  status_keys: 'flow_keys',
  json: 'dkjson',
  rest: 'dkjson',
  template: 'template_utils',
};
/** Modules whose functions are globals already. */
const GLOBALS = new Set([
  'lua_utils',
  'ntop_utils',
  'lua_trace',
  'flow_utils',
  'lua_utils_gui',
  'lua_utils_print',
  'lua_utils_get',
  'locales_utils',
  'i18n',
  'label_utils',
]);
/** Modules of which asking them anything is harmless; see prelude/absent.lua. */
const ABSENT = /^\s+([a-z_]+) = module\(|, ([a-z_]+) = module\(/gm;

/** Modules that exist only in licensed builds of ntopng; `require` fails, as in the community edition. */
const LICENSED = new Set(['ids_utils', 'ecs_format', 'snmp_utils', 'snmp_mappings', 'ids_rule_maker']);

let absent: Set<string> | undefined;
function absentModules(prelude: { [name: string]: string }): Set<string> {
  if (!absent) {
    absent = new Set();
    for (const [, a, b] of (prelude['absent'] ?? '').matchAll(ABSENT)) absent.add((a ?? b)!);
  }
  return absent;
}

const str = (value: LuaValue): string =>
  typeof value === 'string' ? value : value === undefined || value === null ? '' : String(value);
const num = (value: LuaValue): number => (typeof value === 'number' ? value : Number(value) || 0);

/** Texts of a table that a script gave, bounded. */
function texts(value: LuaValue): { [name: string]: string } {
  const out: { [name: string]: string } = {};
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return out;
  for (const [name, item] of Object.entries(value).slice(0, 16)) {
    if (typeof item === 'string' || typeof item === 'number') out[name.slice(0, 64)] = String(item).slice(0, 128);
  }
  return out;
}
function numbers(value: LuaValue): { [name: string]: number } {
  const out: { [name: string]: number } = {};
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return out;
  for (const [name, item] of Object.entries(value).slice(0, 16)) {
    if (typeof item === 'number' && Number.isFinite(item)) out[name.slice(0, 64)] = item;
  }
  return out;
}

/** The volume as storage_utils.storageInfo tells of it, bytes. */
function storage(): LuaValue {
  try {
    const { bsize, blocks, bfree } = statfsSync('/');
    const used = (blocks - bfree) * bsize;
    return { total: used, other: used, pcap_total: 0, interfaces: {}, volume_size: blocks * bsize, volume_dev: '/' };
  } catch {
    return undefined;
  }
}

const LEVELS = ['error', 'warn', 'info', 'info', 'debug'] as const;

/** Where data folders and the like of plugins lie in the paths that scripts see. */
const PLACE = /^\/plugins_data\/([\w.-]+)(?:\/(.*))?$/;

/** A file of a plugin by the path that scripts see: its text and its name for messages; nothing when there is none. */
function pluginFile(house: House, plugin: Plugin, path: string): [text: string, chunk: string] | undefined {
  const [, key = '', rest = ''] = PLACE.exec(path.replace(/\/{2,}/g, '/')) ?? [];
  const text = (key === plugin.key ? plugin.source : house.sourceOf(key))?.files.get(rest);
  if (text === undefined) return undefined;
  if (key !== plugin.key) plugin.entangled = true;
  return [text, rest];
}

/** Names in such a folder, each under itself as 4.2's ntop.readdir gives them; undefined when there is no such folder. */
function pluginFolder(house: House, plugin: Plugin, path: string): { [name: string]: string } | undefined {
  const [, key = '', rest = ''] = PLACE.exec(path.replace(/\/{2,}/g, '/').replace(/\/$/, '')) ?? [];
  const files = (key === plugin.key ? plugin.source : house.sourceOf(key))?.files;
  if (files === undefined) return undefined;
  const prefix = rest === '' ? '' : `${rest}/`;
  const names = [...files.keys()]
    .filter((file) => file.startsWith(prefix))
    .map((file) => file.slice(prefix.length).split('/')[0]!);
  return names.length === 0 ? undefined : Object.fromEntries(names.map((name) => [name, name]));
}

function moduleSource(house: House, plugin: Plugin, name: string, searched: string): LuaValue[] {
  if (LICENSED.has(name) || name === 'core') return [];
  const alias = ALIASES[name];
  if (alias !== undefined) return [undefined, undefined, true, alias];
  const own = house.prelude[name];
  if (own !== undefined && name !== 'absent') return [own, `${name}.lua`, true];
  if (name === 'absent') return [own, 'absent.lua', true];
  if (GLOBALS.has(name)) return ['return _G', `${name}.lua`, true];
  if (absentModules(house.prelude).has(name)) return [`return require("absent").${name}`, `${name}.lua`, true];
  // modules/<name>.lua of the plugin, also as <plugin key>.<name>.
  const dot = name.indexOf('.');
  const owner = dot > 0 ? name.slice(0, dot) : plugin.key;
  const rest = (dot > 0 ? name.slice(dot + 1) : name).replaceAll('.', '/');
  for (const [key, file] of [
    [owner, rest],
    [plugin.key, name.replaceAll('.', '/')],
  ] as const) {
    const files = key === plugin.key ? plugin.source.files : house.sourceOf(key)?.files;
    for (const path of [`modules/${file}.lua`, `${file}.lua`]) {
      const text = files?.get(path);
      if (text === undefined) continue;
      if (key !== plugin.key) plugin.entangled = true;
      return [text, path, false];
    }
  }
  // A folder of a plugin that the script put into package.path.
  for (const place of searched.slice(0, 4096).split(';')) {
    const found = pluginFile(house, plugin, place.replaceAll('?', name.replaceAll('.', '/')));
    if (found) return [...found, false];
  }
  return [];
}

/** An alert of an entity that a script engages or stores. */
function entityAlert(house: House, plugin: Plugin, args: LuaValue[]): boolean {
  const { room } = house;
  const [
    action,
    script,
    entity,
    value,
    type,
    typeName,
    subtype,
    granularityId,
    granularity,
    severity,
    when,
    title,
    text,
    params,
  ] = args;
  const entityValue = str(value).slice(0, 256);
  const key = Room.engagedKey(num(entity), entityValue, num(type), str(subtype), num(granularityId));
  if (action === 'engage') {
    const standing = room.engaged.get(key);
    if (standing) standing.run = room.run;
    if (standing || room.engaged.size >= ROOM_LIMITS.engaged) return false;
  }
  if (!house.alertAllowed(plugin)) return false;
  const atMs = Math.round(num(when) * 1000) || room.nowMs;
  const draft = {
    action: action === 'engage' ? ('engage' as const) : ('store' as const),
    kind: alertKind(num(entity), entityValue),
    entity: num(entity),
    entityValue,
    type: num(type),
    typeName: str(typeName).slice(0, 128),
    subtype: str(subtype).slice(0, 256),
    granularity: num(granularity),
    severity: Math.min(8, Math.max(1, num(severity) || 5)),
    score: 0,
    atMs,
    plugin: plugin.key,
    script: str(script),
    title: plainText(str(title)),
    text: plainText(str(text)),
    ...(boundedParams(params) === undefined ? {} : { params: boundedParams(params) }),
  };
  if (action === 'engage') {
    room.engaged.set(key, {
      event: {
        ...draft,
        key: '',
        quality: { kernelDropped: 0, interfaceDropped: 0, truncated: 0, evicted: 0, hooksSkipped: 0 },
      },
      granularityId: num(granularityId),
      run: room.run,
    });
  }
  if (draft.severity < house.minSeverity) return true;
  plugin.keep.meter.alerts++;
  room.out.alert(draft);
  return true;
}

export function bindCore(vm: Vm, house: House, plugin: Plugin): void {
  const { room } = house;
  const engagedKey = (a: LuaValue[]): string => Room.engagedKey(num(a[0]), str(a[1]), num(a[2]), str(a[3]), num(a[4]));
  const functions: { [name: string]: HostFunction } = {
    source: ([name, searched]) => moduleSource(house, plugin, str(name), str(searched)),
    file: ([path]) => pluginFile(house, plugin, str(path)) ?? [],
    folder: ([path]) => [pluginFolder(house, plugin, str(path))],
    i18n: ([key, language]) => [
      house.locales.lookup(str(key), typeof language === 'string' ? language : undefined) as LuaValue,
    ],
    definition: ([kind, name]) => house.definition(plugin, kind === 'alert' ? 'alert' : 'status', str(name)),
    alertname: () => [],
    isip: ([value]) => [isIP(str(value))],
    l4: ([id]) => [l4Name(num(id))],
    app: ([id]) => [protocolName(num(id))],
    appname: ([master, app]) => [flowProtocolName(num(master), num(app))],
    category: ([id]) => [categoryName(num(id))],
    trace: ([level, message]) => {
      plugin.log(LEVELS[num(level)] ?? 'info', str(message));
      return [];
    },
    poolname: ([id]) => [room.pools.nameOf('host', num(id))],
    configsets: () => [Object.fromEntries(room.configSets.map((set) => [String(set.id), set])) as unknown as LuaValue],
    plugins: () => [Object.fromEntries(house.pluginTitles()) as LuaValue],
    template: ([name]) => {
      const [key, ...rest] = str(name).split('/');
      const text = key === plugin.key ? plugin.source.files.get(`templates/${rest.join('/')}`) : undefined;
      return text === undefined ? [] : [text];
    },
    storage: () => [storage()],
    schemas: () => [
      Object.fromEntries([...plugin.source.files].filter(([file]) => file.startsWith('ts_schemas/'))) as LuaValue,
    ],
    timeseries: ([name, tags, metrics, step, counter, when]) => {
      const schema = str(name).slice(0, 128);
      const point = { plugin: plugin.key, schema, tags: texts(tags), metrics: numbers(metrics) };
      if (Object.keys(point.metrics).length === 0) return [false];
      const id = `${plugin.key}|${schema}|${JSON.stringify(point.tags)}`;
      if (room.written.size < WRITTEN) room.written.set(id, point);
      room.out.series({
        ...point,
        step: Math.min(86_400, Math.max(1, num(step))),
        counter: counter === true,
        atMs: (num(when) || room.nowMs / 1000) * 1000,
      });
      return [true];
    },
    serieslist: ([name, wanted]) => {
      const tags = Object.entries(texts(wanted));
      const found = [...room.written.values()].filter(
        (one) =>
          one.plugin === plugin.key &&
          one.schema === str(name) &&
          tags.every(([tag, value]) => one.tags[tag] === value),
      );
      return [found.map((one) => one.tags as LuaValue)];
    },
    seriesdelete: ([prefix, wanted]) => {
      const tags = texts(wanted);
      let gone = false;
      for (const [id, one] of room.written) {
        if (one.plugin !== plugin.key || !one.schema.startsWith(str(prefix))) continue;
        if (Object.entries(tags).some(([tag, value]) => one.tags[tag] !== value)) continue;
        room.written.delete(id);
        gone = true;
      }
      if (gone) room.out.seriesDelete(plugin.key, str(prefix), tags);
      return [gone];
    },
    alert: (args) => [entityAlert(house, plugin, args)],
    engaged: (args) => {
      const engaged = room.engaged.get(engagedKey(args));
      if (!engaged || engaged.event.severity !== num(args[5])) return [false];
      engaged.run = room.run;
      return [true];
    },
    confirm: (args) => {
      const engaged = room.engaged.get(engagedKey(args));
      if (engaged) engaged.run = room.run;
      return [];
    },
    release: (args) => [room.release(engagedKey(args), Math.round(num(args[5]) * 1000) || room.nowMs)],
    alertsof: ([entity, value]) => [
      alertsOf(room, typeof entity === 'number' ? entity : undefined, typeof value === 'string' ? value : undefined, 0),
    ],
  };
  for (const [name, fn] of Object.entries(functions)) vm.bind(`__sys.${name}`, fn);
}
