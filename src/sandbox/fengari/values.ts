/** Runs inside QuickJS: values between Lua's stack and JSON (wire.ts), within the bounds of the border. */
import { to_jsstring, to_luastring } from 'fengari/src/fengaricore.js';
import * as lua from 'fengari/src/lua.js';
import { BorderError, MAX_DEPTH, tableFrom } from '../border.ts';
import { NUMBER_KEY, REF_KEY } from '../quick/keys.ts';
import type { LuaValue } from '../vm.ts';

export type State = lua.LuaState;
const SLOT = 16;

let budget = 0;
export const setBudget = (bytes: number): void => {
  budget = bytes;
};
export function spend(bytes: number): void {
  budget -= bytes;
  if (budget < 0) throw new BorderError('value too large to leave or enter the sandbox');
}

/** UTF-8 where it is, else each byte as one character. */
export function text(bytes: Uint8Array): string {
  try {
    return to_jsstring(bytes);
  } catch {
    let out = '';
    for (const byte of bytes) out += String.fromCharCode(byte);
    return out;
  }
}

/** Integers are of 32 bits here; larger ones are floats. */
export function pushNumber(l: State, value: number): void {
  if (value === (value | 0)) lua.lua_pushinteger(l, value);
  else lua.lua_pushnumber(l, value);
}

export function push(l: State, value: unknown): void {
  if (typeof value === 'string') {
    spend(value.length);
    lua.lua_pushstring(l, to_luastring(value));
  } else if (typeof value === 'number') pushNumber(l, value);
  else if (typeof value === 'boolean') lua.lua_pushboolean(l, value);
  else if (typeof value === 'object' && value !== null) pushObject(l, value as Record<string, unknown>);
  else lua.lua_pushnil(l);
}

function pushObject(l: State, value: Record<string, unknown>): void {
  const ref = value[REF_KEY];
  if (typeof value[NUMBER_KEY] === 'string') lua.lua_pushnumber(l, Number(value[NUMBER_KEY]));
  else if (typeof ref === 'number') lua.lua_rawgeti(l, lua.LUA_REGISTRYINDEX, ref);
  else {
    if (!lua.lua_checkstack(l, 4)) throw new BorderError('too many values for the stack');
    lua.lua_createtable(l, 0, 0);
    const isArray = Array.isArray(value);
    for (const key of Object.keys(value)) {
      if (value[key] === null) continue;
      spend(SLOT);
      if (isArray) lua.lua_pushinteger(l, Number(key) + 1);
      else push(l, key);
      push(l, value[key]);
      lua.lua_rawset(l, -3);
    }
  }
}

/** Copies a value out; runs no metamethod. `path`: the tables being read, for cycles. */
export function read(l: State, index: number, depth = 0, path: unknown[] = []): unknown {
  const type = lua.lua_type(l, index);
  if (type === lua.LUA_TBOOLEAN) return lua.lua_toboolean(l, index);
  if (type === lua.LUA_TNUMBER) {
    const value = lua.lua_tonumber(l, index);
    return Number.isFinite(value) ? value : { [NUMBER_KEY]: String(value) };
  }
  if (type === lua.LUA_TSTRING) {
    const bytes = lua.lua_tostring(l, index);
    spend(bytes.length);
    return text(bytes);
  }
  if (type !== lua.LUA_TTABLE || depth >= MAX_DEPTH) return undefined;
  const self = lua.lua_topointer(l, index);
  if (path.includes(self)) return undefined;
  if (!lua.lua_checkstack(l, 4)) throw new BorderError('too many values for the stack');
  const table = lua.lua_absindex(l, index);
  const keys: (string | number)[] = [];
  const values: LuaValue[] = [];
  lua.lua_pushnil(l);
  while (lua.lua_next(l, table)) {
    spend(SLOT);
    const keyType = lua.lua_type(l, -2);
    if (keyType === lua.LUA_TNUMBER || keyType === lua.LUA_TSTRING) {
      keys.push(keyType === lua.LUA_TNUMBER ? lua.lua_tonumber(l, -2) : (read(l, -2) as string));
      values.push(read(l, -1, depth + 1, [...path, self]) as LuaValue);
    }
    lua.lua_settop(l, -2);
  }
  return tableFrom(keys, values);
}

/** Pops the value on top into a path of globals; tables on the way are made. */
export function setPath(l: State, path: string[]): void {
  lua.lua_rawgeti(l, lua.LUA_REGISTRYINDEX, lua.LUA_RIDX_GLOBALS);
  for (const name of path.slice(0, -1)) {
    lua.lua_pushstring(l, to_luastring(name));
    if (lua.lua_rawget(l, -2) !== lua.LUA_TTABLE) {
      lua.lua_settop(l, -2);
      lua.lua_createtable(l, 0, 0);
      lua.lua_pushstring(l, to_luastring(name));
      lua.lua_pushvalue(l, -2);
      lua.lua_rawset(l, -4);
    }
    lua.lua_remove(l, -2);
  }
  lua.lua_pushstring(l, to_luastring(path[path.length - 1]!));
  lua.lua_pushvalue(l, -3);
  lua.lua_rawset(l, -3);
  lua.lua_settop(l, -3);
}
