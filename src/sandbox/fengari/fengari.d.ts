/** The parts of fengari (Lua 5.3 in JavaScript) that the bridge uses; names and shapes as in the Lua 5.3 manual. */
declare module 'fengari/src/fengaricore.js' {
  export function to_luastring(text: string): Uint8Array;
  export function to_jsstring(bytes: Uint8Array): string;
}
declare module 'fengari/src/lua.js' {
  export interface LuaState {
    readonly luaState: unique symbol;
  }
  export type LuaFunction = (l: LuaState) => number;
  export const LUA_REGISTRYINDEX: number;
  export const LUA_RIDX_GLOBALS: number;
  export const LUA_MULTRET: number;
  export const LUA_OK: number;
  export const LUA_TNIL: number;
  export const LUA_TBOOLEAN: number;
  export const LUA_TNUMBER: number;
  export const LUA_TSTRING: number;
  export const LUA_TTABLE: number;
  export const LUA_TFUNCTION: number;
  export function lua_atnativeerror(l: LuaState, f: LuaFunction): void;
  export function lua_absindex(l: LuaState, i: number): number;
  export function lua_checkstack(l: LuaState, n: number): boolean;
  export function lua_concat(l: LuaState, n: number): void;
  export function lua_createtable(l: LuaState, a: number, h: number): void;
  export function lua_error(l: LuaState): number;
  export function lua_gettop(l: LuaState): number;
  export function lua_isthread(l: LuaState, i: number): boolean;
  export function lua_next(l: LuaState, i: number): number;
  export function lua_pcall(l: LuaState, n: number, r: number, h: number): number;
  export function lua_pushboolean(l: LuaState, b: boolean): void;
  export function lua_pushcfunction(l: LuaState, f: LuaFunction): void;
  export function lua_pushinteger(l: LuaState, n: number): void;
  export function lua_pushnil(l: LuaState): void;
  export function lua_pushnumber(l: LuaState, n: number): void;
  export function lua_pushstring(l: LuaState, s: Uint8Array): void;
  export function lua_pushvalue(l: LuaState, i: number): void;
  export function lua_rawget(l: LuaState, i: number): number;
  export function lua_rawgeti(l: LuaState, i: number, n: number): number;
  export function lua_rawset(l: LuaState, i: number): void;
  export function lua_remove(l: LuaState, i: number): void;
  export function lua_settop(l: LuaState, i: number): void;
  export function lua_setupvalue(l: LuaState, i: number, n: number): unknown;
  export function lua_toboolean(l: LuaState, i: number): boolean;
  export function lua_tonumber(l: LuaState, i: number): number;
  export function lua_topointer(l: LuaState, i: number): unknown;
  export function lua_tostring(l: LuaState, i: number): Uint8Array;
  export function lua_tothread(l: LuaState, i: number): LuaState;
  export function lua_touserdata(l: LuaState, i: number): unknown;
  export function lua_type(l: LuaState, i: number): number;
}
declare module 'fengari/src/lauxlib.js' {
  import type { LuaFunction, LuaState } from 'fengari/src/lua.js';
  export function luaL_loadbufferx(l: LuaState, s: Uint8Array, n: number, name: Uint8Array, mode: Uint8Array): number;
  export function luaL_newstate(): LuaState;
  export function luaL_ref(l: LuaState, t: number): number;
  export function luaL_requiref(l: LuaState, name: Uint8Array, f: LuaFunction, global: number): void;
  export function luaL_tolstring(l: LuaState, i: number): Uint8Array;
  export function luaL_traceback(l: LuaState, of: LuaState, message: Uint8Array | null, level: number): void;
  export function luaL_unref(l: LuaState, t: number, ref: number): void;
  export function luaL_where(l: LuaState, level: number): void;
}
declare module 'fengari/src/lbaselib.js' {
  export const luaopen_base: import('fengari/src/lua.js').LuaFunction;
}
declare module 'fengari/src/lcorolib.js' {
  export const luaopen_coroutine: import('fengari/src/lua.js').LuaFunction;
}
declare module 'fengari/src/ltablib.js' {
  export const luaopen_table: import('fengari/src/lua.js').LuaFunction;
}
declare module 'fengari/src/lstrlib.js' {
  export const luaopen_string: import('fengari/src/lua.js').LuaFunction;
}
declare module 'fengari/src/lmathlib.js' {
  export const luaopen_math: import('fengari/src/lua.js').LuaFunction;
}
declare module 'fengari/src/lutf8lib.js' {
  export const luaopen_utf8: import('fengari/src/lua.js').LuaFunction;
}
