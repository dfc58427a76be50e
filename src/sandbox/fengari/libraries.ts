/** Runs inside QuickJS: the libraries a Lua state of fengari gets, and what fengari lacks. */
import { to_luastring } from 'fengari/src/fengaricore.js';
import * as aux from 'fengari/src/lauxlib.js';
import { luaopen_base } from 'fengari/src/lbaselib.js';
import { luaopen_coroutine } from 'fengari/src/lcorolib.js';
import { luaopen_math } from 'fengari/src/lmathlib.js';
import { luaopen_string } from 'fengari/src/lstrlib.js';
import { luaopen_table } from 'fengari/src/ltablib.js';
import * as lua from 'fengari/src/lua.js';
import { luaopen_utf8 } from 'fengari/src/lutf8lib.js';
import { pushNumber, type State, setPath } from './values.ts';

export function raise(l: State, message: string, level: number): number {
  aux.luaL_where(l, level);
  lua.lua_pushstring(l, to_luastring(message));
  lua.lua_concat(l, 2);
  return lua.lua_error(l);
}

/** debug.traceback([thread,] [message [, level]]) */
function debugTraceback(l: State): number {
  const of = lua.lua_isthread(l, 1) ? lua.lua_tothread(l, 1) : l;
  const at = of === l ? 1 : 2;
  const type = lua.lua_type(l, at);
  if (type > lua.LUA_TNIL && type !== lua.LUA_TSTRING && type !== lua.LUA_TNUMBER) {
    lua.lua_pushvalue(l, at);
    return 1;
  }
  const level = lua.lua_type(l, at + 1) === lua.LUA_TNUMBER ? lua.lua_tonumber(l, at + 1) : of === l ? 1 : 0;
  aux.luaL_traceback(l, of, type > lua.LUA_TNIL ? lua.lua_tostring(l, at) : null, level);
  return 1;
}

/** bit32 as Lua 5.2 had it; results above 2^31 are floats, for want of wider integers. */
const bits: Record<string, (...args: number[]) => number | boolean> = {
  band: (...args) => args.reduce((a, b) => a & b, -1),
  bor: (...args) => args.reduce((a, b) => a | b, 0),
  bxor: (...args) => args.reduce((a, b) => a ^ b, 0),
  bnot: (a) => ~a!,
  btest: (...args) => args.reduce((a, b) => a & b, -1) !== 0,
  lshift: (a, n) => shift(a!, n!),
  rshift: (a, n) => shift(a!, -n!),
  arshift: (a, n) => (n! < 0 ? shift(a!, -n!) : a! >> Math.min(n!, 31)),
  lrotate: (a, n) => (a! << (n! & 31)) | ((n! & 31) === 0 ? 0 : (a! >>> 0) >>> (32 - (n! & 31))),
  rrotate: (a, n) => ((a! >>> 0) >>> (n! & 31)) | ((n! & 31) === 0 ? 0 : a! << (32 - (n! & 31))),
  extract: (a, f, w = 1) => ((a! >>> 0) >>> f!) & (w >= 32 ? -1 : (1 << w) - 1),
  replace: (a, v, f, w = 1) => {
    const mask = w >= 32 ? -1 : (1 << w) - 1;
    return (a! & ~(mask << f!)) | ((v! & mask) << f!);
  },
};
/** Left by n, right when n is negative. */
function shift(a: number, n: number): number {
  if (n <= -32 || n >= 32) return 0;
  return n >= 0 ? a << n : (a >>> 0) >>> -n;
}

function bitFunction(compute: (...args: number[]) => number | boolean): lua.LuaFunction {
  return (l) => {
    const args: number[] = [];
    for (let i = 1; i <= lua.lua_gettop(l); i++) {
      if (lua.lua_type(l, i) !== lua.LUA_TNUMBER) return raise(l, `bad argument #${i} (number expected)`, 1);
      args.push(lua.lua_tonumber(l, i) | 0);
    }
    const result = compute(...args);
    if (typeof result === 'boolean') lua.lua_pushboolean(l, result);
    else pushNumber(l, result >>> 0);
    return 1;
  };
}

const libraries: [string, lua.LuaFunction][] = [
  ['_G', luaopen_base],
  ['coroutine', luaopen_coroutine],
  ['table', luaopen_table],
  ['string', luaopen_string],
  ['math', luaopen_math],
  ['utf8', luaopen_utf8],
];

export function openLibraries(l: State): void {
  for (const [name, open] of libraries) {
    aux.luaL_requiref(l, to_luastring(name), open, 1);
    lua.lua_settop(l, 0);
  }
  for (const path of [['dofile'], ['loadfile'], ['string', 'dump']]) {
    lua.lua_pushnil(l);
    setPath(l, path);
  }
  lua.lua_pushcfunction(l, debugTraceback);
  setPath(l, ['debug', 'traceback']);
  for (const [name, compute] of Object.entries(bits)) {
    lua.lua_pushcfunction(l, bitFunction(compute));
    setPath(l, ['bit32', name]);
  }
}
