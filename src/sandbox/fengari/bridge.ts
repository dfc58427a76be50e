/**
 * Runs inside QuickJS, bundled with fengari: holds the Lua state and speaks `protocol.ts` with the host. No Node here, and
 * nothing but QuickJS stands between a plugin and this file.
 */
import { to_luastring } from 'fengari/src/fengaricore.js';
import * as aux from 'fengari/src/lauxlib.js';
import * as lua from 'fengari/src/lua.js';
import { BorderError, pathOf } from '../border.ts';
import type { Bridge, HostGlobals, Reply } from '../quick/protocol.ts';
import { recordSource } from '../record.ts';
import { openLibraries, raise } from './libraries.ts';
import { push, read, type State, setBudget, setPath, spend, text } from './values.ts';

const { __host: callHost, __memory: tellMemory, __valueBytes: valueBytes } = globalThis as unknown as HostGlobals;
const MAX_MESSAGE = 4000;
const MODE_TEXT = to_luastring('t');
const { LUA_REGISTRYINDEX: REGISTRY, LUA_OK } = lua;

const main = aux.luaL_newstate();
/** The thread that is running: a host function called from a coroutine may call back. */
let running = main;
let traceback = '';

const pop = (l: State): void => lua.lua_settop(l, -2);
const isKept = (type: number): boolean => type === lua.LUA_TTABLE || type === lua.LUA_TFUNCTION;

/** A host function as a Lua one; `level`: whose position an error carries. */
function hostFunction(id: number, level: number): lua.LuaFunction {
  return (l) => {
    const before = running;
    running = l;
    let failed: string;
    try {
      setBudget(valueBytes);
      const args: unknown[] = [];
      for (let i = 1; i <= lua.lua_gettop(l); i++) args.push(read(l, i));
      const reply = callHost(id, JSON.stringify(args));
      if (!reply.startsWith('!')) {
        setBudget(valueBytes);
        const results = JSON.parse(reply) as unknown[];
        if (!lua.lua_checkstack(l, results.length + 4)) throw new BorderError('too many values for the stack');
        for (const result of results) push(l, result);
        return results.length;
      }
      failed = reply.slice(1);
    } catch (e) {
      if (!(e instanceof BorderError)) throw e;
      failed = e.message;
    } finally {
      running = before;
    }
    return raise(l, failed, level);
  };
}

/** Message handler of every call: text, position where the error value has none, traceback. */
function onError(l: State): number {
  const type = lua.lua_type(l, 1);
  let message: string;
  if (type === lua.LUA_TSTRING || type === lua.LUA_TNUMBER) message = text(lua.lua_tostring(l, 1));
  else {
    message = text(aux.luaL_tolstring(l, 1));
    for (let level = 1; level <= 3; level++) {
      aux.luaL_where(l, level);
      const where = text(lua.lua_tostring(l, -1));
      pop(l);
      if (where === '') continue;
      message = where + message;
      break;
    }
  }
  aux.luaL_traceback(l, l, null, 1);
  traceback = text(lua.lua_tostring(l, -1)).slice(0, MAX_MESSAGE);
  lua.lua_pushstring(l, to_luastring(message.slice(0, MAX_MESSAGE)));
  return 1;
}

/** An exception of JavaScript below Lua: our own bug, the JavaScript stack, or no memory. */
function onNativeError(l: State): number {
  const e = lua.lua_touserdata(l, 1);
  // First, while nothing more has to be allocated.
  if (e instanceof Error && e.message === 'out of memory') tellMemory();
  const message = e instanceof Error ? `${e.name}: ${e.message}` : String(e);
  lua.lua_pushstring(l, to_luastring(message));
  return 1;
}

function failed(l: State): Reply {
  const isText = lua.lua_type(l, -1) === lua.LUA_TSTRING;
  const message = isText ? text(lua.lua_tostring(l, -1)).slice(0, MAX_MESSAGE) : 'error in error handling';
  const fault = /stack overflow|^error in error handling/.test(message) ? 'stack' : 'error';
  return { fault, message, ...(traceback && { traceback }) };
}

/** Runs `body` above the present stack; what must not cross becomes an error. */
function replying(body: (l: State, handler: number) => Reply): string {
  const l = running;
  const top = lua.lua_gettop(l);
  traceback = '';
  setBudget(valueBytes);
  try {
    if (!lua.lua_checkstack(l, 8)) throw new BorderError('stack overflow');
    lua.lua_pushcfunction(l, onError);
    return JSON.stringify(body(l, top + 1));
  } catch (e) {
    if (!(e instanceof BorderError)) throw e;
    return JSON.stringify({ fault: 'error', message: e.message });
  } finally {
    lua.lua_settop(l, top);
  }
}

function results(l: State, handler: number): unknown[] {
  const values: unknown[] = [];
  const top = lua.lua_gettop(l);
  for (let i = handler + 1; i <= top; i++) {
    spend(16);
    values.push(read(l, i));
  }
  return values;
}

const bridge: Bridge = {
  load: (chunk, source, env) =>
    replying((l, handler) => {
      const bytes = to_luastring(source);
      const name = to_luastring(/^[@=]/.test(chunk) ? chunk : `@${chunk}`);
      if (aux.luaL_loadbufferx(l, bytes, bytes.length, name, MODE_TEXT) !== LUA_OK) return failed(l);
      if (env !== 0) {
        lua.lua_rawgeti(l, REGISTRY, env);
        lua.lua_setupvalue(l, -2, 1);
      }
      if (lua.lua_pcall(l, 0, lua.LUA_MULTRET, handler) !== LUA_OK) return failed(l);
      if (!isKept(lua.lua_type(l, handler + 1))) return { values: results(l, handler) };
      lua.lua_pushvalue(l, handler + 1);
      const ref = aux.luaL_ref(l, REGISTRY);
      lua.lua_remove(l, handler + 1);
      return { values: [null, ...results(l, handler)], ref };
    }),
  call: (ref, args, discard) =>
    replying((l, handler) => {
      lua.lua_rawgeti(l, REGISTRY, ref);
      const list = JSON.parse(args) as unknown[];
      if (!lua.lua_checkstack(l, list.length + 4)) throw new BorderError('too many values for the stack');
      for (const arg of list) push(l, arg);
      if (lua.lua_pcall(l, list.length, discard ? 0 : lua.LUA_MULTRET, handler) !== LUA_OK) return failed(l);
      return { values: results(l, handler) };
    }),
  field(ref, path) {
    const l = running;
    const top = lua.lua_gettop(l);
    lua.lua_rawgeti(l, REGISTRY, ref);
    for (const name of JSON.parse(path) as string[]) {
      const isTable = lua.lua_type(l, -1) === lua.LUA_TTABLE;
      if (isTable) {
        lua.lua_pushstring(l, to_luastring(name));
        lua.lua_rawget(l, -2);
      } else lua.lua_pushnil(l);
      lua.lua_remove(l, -2);
    }
    const found = isKept(lua.lua_type(l, -1)) ? aux.luaL_ref(l, REGISTRY) : 0;
    lua.lua_settop(l, top);
    return found;
  },
  read: (ref) =>
    replying((l) => {
      lua.lua_rawgeti(l, REGISTRY, ref);
      return { values: [read(l, -1)] };
    }),
  keep(value) {
    setBudget(valueBytes);
    push(running, (JSON.parse(value) as unknown[])[0]);
    return aux.luaL_ref(running, REGISTRY);
  },
  release(ref) {
    aux.luaL_unref(main, REGISTRY, ref);
  },
  bind(path, id, level) {
    lua.lua_pushcfunction(running, hostFunction(id, level));
    setPath(running, pathOf(path));
  },
  bindRecord(path, fields, id) {
    bridge.bind('__raw', id, 2);
    const made = JSON.parse(bridge.load('=[host]', recordSource(JSON.parse(fields) as string[]), 0)) as Reply;
    if (!('ref' in made) || made.ref === undefined) throw new Error('cannot bind a record');
    lua.lua_rawgeti(running, REGISTRY, made.ref);
    setPath(running, pathOf(path));
    bridge.release(made.ref);
  },
  set(path, value) {
    setBudget(valueBytes);
    push(running, (JSON.parse(value) as unknown[])[0]);
    setPath(running, pathOf(path));
  },
};

lua.lua_atnativeerror(main, onNativeError);
openLibraries(main);
Object.assign(globalThis, { __bridge: bridge });
