/** The private functions of the prelude (__sys.*): sources of modules, texts, and the alerts that are not of a flow. */
import { isIP } from 'node:net';
import type { HostFunction, LuaValue, Vm } from '../sandbox/index.ts';
import { alertsOf } from './api-entities.ts';
import { categoryName, flowProtocolName, l4Name, protocolName } from './ndpi.ts';
import type { Plugin } from './plugin.ts';
import { alertKind, boundedParams, plainText, ROOM_LIMITS, Room } from './room.ts';
import type { House } from './runtime.ts';

/** Modules of 4.2 that are one of ours under another name. */
const ALIASES: { [name: string]: string } = {
  ts_utils: 'ts_utils_core',
  status_keys: 'flow_keys',
  json: 'dkjson',
  rest: 'dkjson',
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

const LEVELS = ['error', 'warn', 'info', 'info', 'debug'] as const;

function moduleSource(house: House, plugin: Plugin, name: string): LuaValue[] {
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
    source: ([name]) => moduleSource(house, plugin, str(name)),
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
    configsets: () => [Object.fromEntries(room.configSets.map((set) => [String(set.id), set])) as unknown as LuaValue],
    plugins: () => [Object.fromEntries(house.pluginTitles()) as LuaValue],
    template: ([name]) => {
      const [key, ...rest] = str(name).split('/');
      const text = key === plugin.key ? plugin.source.files.get(`templates/${rest.join('/')}`) : undefined;
      return text === undefined ? [] : [text];
    },
    storage: () => [],
    timeseries: ([schema, values, when]) => {
      if (typeof values !== 'object' || values === null || Array.isArray(values)) return [false];
      room.out.timeseries(str(schema).slice(0, 128), values, num(when) * 1000);
      return [true];
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
