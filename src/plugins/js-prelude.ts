/**
 * What scripts written in JavaScript stand on, as text that runs in their VM after the host functions are bound. The
 * tables of the C side (flow, host, …) are bound on demand like in Lua; 4.2's modules are paths into the plugin's Lua VM:
 * reading one gives a longer path, calling one calls Lua, and a path as an argument arrives there as what it names.
 */
export const JS_SCRIPT_PRELUDE = `
const sys = globalThis.__sys;
delete globalThis.__sys;
const { bind, lua, source, begun, enter, trigger } = sys;

for (const table of ['flow', 'host', 'network', 'interface', 'ntop', 'spanwatch']) {
  globalThis[table] = new Proxy({}, {
    get(target, name) {
      if (typeof name !== 'string') return undefined;
      if (Object.hasOwn(target, name)) return target[name];
      // bind() puts the function into this table.
      return bind(table, name) === true ? target[name] : undefined;
    },
  });
}

const PATH = Symbol('path');
const LAZY = /^(create|.*Type)$/;
// What crosses to Lua: paths and calls by name, everything else by value.
const wire = (value, depth = 0) => {
  if (value === null || value === undefined || depth > 12) return value === null ? undefined : value;
  if (typeof value === 'function') return value[PATH] ? { '@': value[PATH] } : undefined;
  if (typeof value !== 'object') return value;
  if (value[PATH]) return { '@': value[PATH], '(': value.args, n: value.args.length };
  if (Array.isArray(value)) return value.map((item) => wire(item, depth + 1));
  const out = {};
  for (const key of Object.keys(value)) out[key] = wire(value[key], depth + 1);
  return out;
};
const call = (path, args) => lua(path, args.map((item) => wire(item)), args.length);
const pathTo = (path) => new Proxy(function () {}, {
  get(_, name) {
    if (name === PATH) return path;
    if (name === Symbol.toPrimitive) return () => lua(path);
    if (name === 'toJSON') return () => lua(path);
    return typeof name === 'string' ? pathTo([...path, name]) : undefined;
  },
  apply(_, __, args) {
    if (LAZY.test(path[path.length - 1])) return { [PATH]: path, args: args.map((item) => wire(item)) };
    return call(path, args);
  },
});

const modules = new Map();
globalThis.require = (name) => {
  if (modules.has(name)) return modules.get(name);
  const text = source(String(name));
  let value;
  if (typeof text === 'string') {
    const module = { exports: {} };
    modules.set(name, module.exports);
    const returned = new Function('module', 'exports', text)(module, module.exports);
    value = returned === undefined ? module.exports : returned;
  } else value = pathTo([String(name)]);
  modules.set(name, value);
  return value;
};
globalThis.i18n = (key, data) => call(['_G', 'i18n'], data === undefined ? [key] : [key, data]);
flow.triggerStatus = (info, flowScore, clientScore, serverScore) => {
  if (!info || !info[PATH] || info[PATH][info[PATH].length - 1] !== 'create')
    throw new TypeError('flow.triggerStatus: the first argument must be what a status type\\'s create() returned');
  trigger(wire(info), flowScore || 0, clientScore || 0, serverScore || 0);
};

const scripts = new Map();
const entries = {};
const EVENTS = ['onLoad', 'onUnload', 'onEnable', 'onDisable', 'onUpdateConfig'];
return {
  entries,
  keep: (index, script) => void scripts.set(index, script),
  // What a script's table holds, without its functions.
  told(index) {
    const script = scripts.get(index);
    const told = {};
    for (const key of Object.keys(script)) if (typeof script[key] !== 'function' || script[key][PATH]) told[key] = wire(script[key]);
    const hooks = script.hooks || {};
    told.hooks = {};
    for (const name of Object.keys(hooks)) if (typeof hooks[name] === 'function') told.hooks[name] = true;
    return told;
  },
  setup(index) {
    const script = scripts.get(index);
    return typeof script.setup !== 'function' || Boolean(script.setup());
  },
  attach(index, kind, hook, name, conf) {
    const script = scripts.get(index);
    const fn = script.hooks[hook] || script.hooks.all;
    if (kind === 'flow') entries[name] = (now) => void fn.call(script.hooks, now, conf);
    else if (kind === 'syslog') entries[name] = (message, from, priority) => void fn.call(script.hooks, conf, message, from, priority);
    else entries[name] = () => {
      const [what, granularity, value, info, alerts, when, ifid] = begun();
      enter(index);
      const entity = pathTo(['alert_consts', 'alert_entities', what === 'system' ? 'interface' : what]);
      fn.call(script.hooks, {
        granularity, alert_entity: { alert_entity: entity, alert_entity_val: value }, entity_info: info, cur_alerts: alerts,
        when, ifid, user_script_config: conf, user_script: { key: script.key, subdir: kind },
      });
    };
  },
  event(index, name, hook, conf) {
    const script = scripts.get(index);
    if (!EVENTS.includes(name) || typeof script?.[name] !== 'function') return false;
    script[name](hook, conf);
    return true;
  },
};
`;
