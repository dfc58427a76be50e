/**
 * The bridge for plugins written in JavaScript, as text that QuickJS evaluates before them. Speaks protocol.ts; a module is
 * a function body with `module`, `exports` and `env`, and its first result what it returns, else module.exports.
 * A plugin can break its own copy of this; the host believes nothing it reads.
 */
import { MAX_DEPTH } from '../border.ts';
import { NUMBER_KEY, REF_KEY } from './keys.ts';

export const JS_BRIDGE = `(() => {
'use strict';
const { __host: callHost, __memory: tellMemory, __valueBytes: valueBytes } = globalThis;
const { parse, stringify } = JSON;
const refs = new Map();
let nextRef = 1;
const keepRef = (value) => (refs.set(nextRef, value), nextRef++);
const isKept = (value) => (typeof value === 'object' && value !== null) || typeof value === 'function';
class Refused extends Error {}
let budget = 0;
const spend = (bytes) => {
  if ((budget -= bytes) < 0) throw new Refused('value too large to leave or enter the sandbox');
};
const plain = (value, depth, path) => {
  switch (typeof value) {
    case 'string': spend(value.length); return value;
    case 'number': return Number.isFinite(value) ? value : { ${JSON.stringify(NUMBER_KEY)}: String(value) };
    case 'bigint': return Number(value);
    case 'boolean': return value;
    case 'object': break;
    default: return undefined;
  }
  if (value === null || depth >= ${MAX_DEPTH} || path.includes(value)) return undefined;
  const inner = [...path, value];
  if (Array.isArray(value)) return value.map((item) => (spend(16), plain(item, depth + 1, inner)));
  const out = {};
  for (const key of Object.keys(value)) {
    spend(16 + key.length);
    const item = plain(value[key], depth + 1, inner);
    if (item !== undefined) Object.defineProperty(out, key, { value: item, enumerable: true });
  }
  return out;
};
const restore = (value) => {
  if (value === null) return undefined;
  if (typeof value !== 'object') { if (typeof value === 'string') spend(value.length); return value; }
  spend(16);
  if (Array.isArray(value)) return value.map(restore);
  if (${JSON.stringify(NUMBER_KEY)} in value) return Number(value[${JSON.stringify(NUMBER_KEY)}]);
  if (${JSON.stringify(REF_KEY)} in value) return refs.get(value[${JSON.stringify(REF_KEY)}]);
  for (const key of Object.keys(value)) Object.defineProperty(value, key, { value: restore(value[key]), enumerable: true, writable: true, configurable: true });
  return value;
};
const describe = (e) => {
  if (e instanceof Refused) return { fault: 'error', message: e.message };
  let message = '', stack = '', name = '';
  try {
    if (e instanceof Error) { name = String(e.name); message = name + ': ' + e.message; stack = String(e.stack); }
    else message = typeof e === 'object' ? stringify(plain(e, 0, [])) : String(e);
  } catch { message = 'error that cannot be described'; }
  if (name === 'InternalError' && message.includes('out of memory')) tellMemory();
  const where = /([^()\\s:]+:\\d+)/.exec(stack.split('\\n').find((line) => !line.includes('(native)') && !line.includes('bridge.js')) || '');
  const fault = name === 'InternalError' && message.includes('stack overflow') ? 'stack' : 'error';
  return { fault, message: ((where ? where[1] + ': ' : '') + message).slice(0, 4000), traceback: stack.slice(0, 4000) };
};
const replying = (body) => {
  budget = valueBytes;
  try { return stringify(body()); } catch (e) { return stringify(describe(e)); }
};
const place = (path, value) => {
  const names = path.split('.');
  let at = globalThis;
  for (const name of names.slice(0, -1)) at = isKept(at[name]) ? at[name] : (at[name] = {});
  at[names[names.length - 1]] = value;
};
const hostCall = (id, args) => {
  budget = valueBytes;
  const reply = callHost(id, stringify(args.map((arg) => plain(arg, 0, []))));
  if (reply.startsWith('!')) throw new Error(reply.slice(1));
  budget = valueBytes;
  return parse(reply).map(restore);
};
globalThis.__bridge = {
  runModule: (run, env) => replying(() => {
    const module = { exports: {} };
    const returned = run(module, module.exports, refs.get(env));
    const value = returned === undefined ? module.exports : returned;
    return isKept(value) ? { values: [null], ref: keepRef(value) } : { values: [plain(value, 0, [])] };
  }),
  call: (ref, args, discard) => replying(() => {
    const fn = refs.get(ref);
    if (typeof fn !== 'function') throw new TypeError('not a function');
    const result = fn(...parse(args).map(restore));
    if (discard) return { values: [] };
    budget = valueBytes;
    return { values: result === undefined ? [] : [plain(result, 0, [])] };
  }),
  field(ref, path) {
    let at = refs.get(ref);
    for (const name of parse(path)) {
      if (!isKept(at) || !Object.hasOwn(at, name)) return 0;
      at = at[name];
    }
    return isKept(at) ? keepRef(at) : 0;
  },
  read: (ref) => replying(() => ({ values: [plain(refs.get(ref), 0, [])] })),
  keep: (value) => { budget = valueBytes; return keepRef(restore(parse(value)[0])); },
  release: (ref) => void refs.delete(ref),
  bind(path, id) {
    place(path, (...args) => {
      const results = hostCall(id, args);
      return results.length > 1 ? results : results[0];
    });
  },
  bindRecord(path, fields, id) {
    const names = parse(fields);
    place(path, () => {
      const values = hostCall(id, []);
      const record = {};
      for (let i = 0; i < names.length; i++) if (values[i] !== undefined) record[names[i]] = values[i];
      return record;
    });
  },
  set(path, value) { budget = valueBytes; place(path, restore(parse(value)[0])); },
  describe: (e) => stringify(describe(e)),
};
})();`;

/** What a module of JavaScript finds: print, console and the owner's clock. Run after the host's functions are bound. */
export const JS_PRELUDE = `
const { write, now } = globalThis.__os;
for (const name of ['__os', 'Atomics', 'SharedArrayBuffer']) delete globalThis[name];
const show = (value) => (typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value));
globalThis.print = (...args) => void write(args.map(show).join('\\t') + '\\n');
globalThis.console = { log: print, info: print, warn: print, error: print, debug: print };
const Native = Date;
globalThis.Date = class Date extends Native {
  constructor(...args) { if (args.length === 0) super(now()); else super(...args); }
  static now() { return now(); }
};
`;
