/**
 * Reads and writes the Lua stack in the module's memory directly: a number costs two stores instead of a call with a
 * BigInt. The layout is that of Lua 5.4 on 32-bit addresses (lobject.h, lstate.h); `checkLayout` proves it at start.
 */
import { BorderError, MAX_DEPTH, tableFrom } from '../border.ts';
import type { Frame, LuaValue, Ref } from '../vm.ts';
import type { Instance, LuaExports } from './module.ts';

/** lua_State.top, lua_State.ci; CallInfo.func, CallInfo.top; sizeof(TValue), offset of its tag. */
const TOP = 12;
const CI = 20;
const CI_TOP = 4;
const SLOT = 16;
const TAG = 8;
/** Type tags with variant bits (lobject.h). */
const T_NIL = 0;
const T_FALSE = 1;
const T_TRUE = 0x11;
const T_INTEGER = 3;
const T_FLOAT = 0x13;
const T_CFUNCTION = 0x16;
const BASIC = 0x0f;
const T_STRING = 4;
const T_TABLE = 5;
const VARIANT = 0x3f;
/** TString: length of a short one, length of a long one, bytes. */
const SHORT_LENGTH = 7;
const LONG_LENGTH = 12;
const CONTENTS = 16;

const SCRATCH = 8192;
const TWO32 = 2 ** 32;
/** Pseudo-index of the registry, and the key of the globals in it (lua.h). */
export const REGISTRY = -1000000 - 1000;
export const GLOBALS = 2n;

const encoder = new TextEncoder();
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export class StackFrame implements Frame {
  /** The Lua thread the frame speaks with. */
  l = 0;
  /** Bytes that may still cross during this call. */
  budget = 0;
  #me: Instance;
  #x: LuaExports;
  #scratch: number;
  /** Refs as the module wants them, made once. */
  #refs: bigint[] = [];
  /** Addresses of the tables being read, outermost first. */
  #path: number[] = [];

  /** `scratch`: where it lies in a memory that was copied. */
  constructor(me: Instance, scratch = 0) {
    this.#me = me;
    this.#x = me.exports;
    this.#scratch = scratch === 0 ? me.exports.malloc(SCRATCH) : scratch;
  }
  get scratch(): number {
    return this.#scratch;
  }

  get count(): number {
    return (this.#top() - this.#base()) / SLOT;
  }
  #top(): number {
    return this.#me.i32[(this.l + TOP) >> 2]!;
  }
  /** Address of the first argument. Never kept: the stack moves when it grows. */
  #base(): number {
    const { i32 } = this.#me;
    return i32[i32[(this.l + CI) >> 2]! >> 2]! + SLOT;
  }
  #at(index: number): number {
    const at = this.#base() + index * SLOT;
    return at < this.#top() ? at : 0;
  }

  numberAt(index: number): number {
    const at = this.#at(index);
    return at === 0 ? Number.NaN : this.#number(at);
  }
  #number(at: number): number {
    const { i32, u8, f64 } = this.#me;
    const tag = u8[at + TAG];
    if (tag === T_FLOAT) return f64[at >> 3]!;
    if (tag === T_INTEGER) return (i32[at >> 2]! >>> 0) + i32[(at >> 2) + 1]! * TWO32;
    return Number.NaN;
  }
  stringAt(index: number): string | undefined {
    const at = this.#at(index);
    return at !== 0 && (this.#me.u8[at + TAG]! & BASIC) === T_STRING ? this.#string(at) : undefined;
  }
  truthAt(index: number): boolean {
    const at = this.#at(index);
    if (at === 0) return false;
    const tag = this.#me.u8[at + TAG]!;
    return tag !== T_FALSE && (tag & BASIC) !== T_NIL;
  }
  valueAt(index: number): LuaValue {
    return index < this.count ? this.read(index + 1) : undefined;
  }

  /** UTF-8 where it is, else each byte as one character. */
  #string(at: number): string {
    const length = this.#length(at);
    this.#spend(length);
    return this.text(this.#me.i32[at >> 2]! + CONTENTS, length);
  }
  /** Text of the string at a stack index (positive), cut at `max` bytes; '' when it is no string. */
  textAt(index: number, max: number): string {
    const at = this.#base() + (index - 1) * SLOT;
    if ((this.#me.u8[at + TAG]! & BASIC) !== T_STRING) return '';
    return this.text(this.#me.i32[at >> 2]! + CONTENTS, Math.min(max, this.#length(at)));
  }
  /** Address of the bytes of the string argument, 0 when it is none; they do not move while it is on the stack. */
  addressAt(index: number): number {
    const at = this.#at(index);
    return at !== 0 && (this.#me.u8[at + TAG]! & BASIC) === T_STRING ? this.#me.i32[at >> 2]! + CONTENTS : 0;
  }
  /** Bytes of the string argument. */
  lengthAt(index: number): number {
    return this.#length(this.#at(index));
  }
  #length(at: number): number {
    const { u8, i32 } = this.#me;
    const object = i32[at >> 2]!;
    return (u8[at + TAG]! & VARIANT) === T_STRING ? u8[object + SHORT_LENGTH]! : i32[(object + LONG_LENGTH) >> 2]!;
  }
  text(at: number, length: number): string {
    const { u8, bytes } = this.#me;
    const end = at + length;
    for (let i = at; i < end; i++) {
      if (u8[i]! < 0x80) continue;
      try {
        return utf8.decode(u8.subarray(at, end));
      } catch {
        break;
      }
    }
    return bytes.toString('latin1', at, end);
  }
  #spend(bytes: number): void {
    if ((this.budget -= bytes) < 0) throw new BorderError('value too large to leave or enter the sandbox');
  }

  /** Address of a free slot above the top. */
  #slot(): number {
    const { i32 } = this.#me;
    const top = i32[(this.l + TOP) >> 2]!;
    if (top + SLOT <= i32[(i32[(this.l + CI) >> 2]! + CI_TOP) >> 2]!) return top;
    if (this.#x.lua_checkstack(this.l, 16) === 0) throw new BorderError('too many values for the stack');
    return this.#top();
  }
  #pushed(slot: number, tag: number): void {
    const { i32, u8 } = this.#me;
    u8[slot + TAG] = tag;
    i32[(this.l + TOP) >> 2] = slot + SLOT;
  }
  nil(): void {
    this.#pushed(this.#slot(), T_NIL);
  }
  boolean(value: boolean): void {
    this.#pushed(this.#slot(), value ? T_TRUE : T_FALSE);
  }
  number(value: number): void {
    const slot = this.#slot();
    const low = value | 0;
    if (low === value) {
      this.#me.i32[slot >> 2] = low;
      this.#me.i32[(slot >> 2) + 1] = low >> 31;
      this.#pushed(slot, T_INTEGER);
    } else if (Number.isSafeInteger(value)) {
      this.#me.i32[slot >> 2] = low;
      this.#me.i32[(slot >> 2) + 1] = Math.floor(value / TWO32);
      this.#pushed(slot, T_INTEGER);
    } else {
      this.#me.f64[slot >> 3] = value;
      this.#pushed(slot, T_FLOAT);
    }
  }
  string(value: string): void {
    this.#slot();
    const { length } = value;
    this.#spend(length);
    if (length * 3 > SCRATCH) {
      this.#longString(value);
      return;
    }
    const { u8 } = this.#me;
    const scratch = this.#scratch;
    let bytes = length;
    for (let i = 0; i < length; i++) {
      const code = value.charCodeAt(i);
      if (code >= 0x80) {
        bytes = encoder.encodeInto(value, u8.subarray(scratch, scratch + SCRATCH)).written;
        break;
      }
      u8[scratch + i] = code;
    }
    this.#x.lua_pushlstring(this.l, scratch, bytes);
  }
  raw(source: Uint8Array, from: number, to: number): void {
    const length = to - from;
    if (length > SCRATCH) {
      this.#spend(length);
      this.#slot();
      this.withBytes(source.slice(from, to), (at) => this.#x.lua_pushlstring(this.l, at, length));
      return;
    }
    this.#slot();
    this.#spend(length);
    const { u8 } = this.#me;
    const scratch = this.#scratch;
    for (let i = 0; i < length; i++) u8[scratch + i] = source[from + i]!;
    this.#x.lua_pushlstring(this.l, scratch, length);
  }
  /** A string from bytes that are in the module already. */
  bytes(at: number, length: number): void {
    this.#slot();
    this.#x.lua_pushlstring(this.l, at, length);
  }
  #longString(value: string): void {
    const bytes = encoder.encode(value);
    this.withBytes(bytes, (at) => this.#x.lua_pushlstring(this.l, at, bytes.length));
  }
  /** Copies bytes into the module for as long as `use` runs. */
  withBytes<T>(bytes: Uint8Array, use: (at: number) => T): T {
    const at = this.#x.malloc(bytes.length + 1);
    if (at === 0) throw new BorderError('not enough memory');
    this.#me.u8.set(bytes, at);
    this.#me.u8[at + bytes.length] = 0;
    try {
      return use(at);
    } finally {
      this.#x.free(at);
    }
  }
  ref(ref: Ref): void {
    this.#slot();
    this.#x.lua_rawgeti(this.l, REGISTRY, (this.#refs[ref] ??= BigInt(ref)));
  }
  /** A C function without upvalues, by its index in the function table. */
  cfunction(index: number): void {
    const slot = this.#slot();
    this.#me.i32[slot >> 2] = index;
    this.#pushed(slot, T_CFUNCTION);
  }
  /** Drops all above the first `count` values. Only where no to-be-closed variable can be. */
  cut(count: number): void {
    this.#me.i32[(this.l + TOP) >> 2] = this.#base() + count * SLOT;
  }

  value(value: LuaValue, depth = 0): void {
    if (typeof value === 'string') this.string(value);
    else if (typeof value === 'number') this.number(value);
    else if (typeof value === 'boolean') this.boolean(value);
    else if (typeof value === 'object' && value !== null && depth < MAX_DEPTH) this.#table(value, depth);
    else this.nil();
  }
  #table(value: LuaValue[] | { [key: string]: LuaValue }, depth: number): void {
    this.#slot();
    this.#x.lua_createtable(this.l, 0, 0);
    const isArray = Array.isArray(value);
    for (const key of Object.keys(value)) {
      const item = (value as { [key: string]: LuaValue })[key];
      if (item === undefined || item === null || typeof item === 'function') continue;
      this.#spend(SLOT);
      if (isArray) this.number(Number(key) + 1);
      else this.string(key);
      this.value(item, depth + 1);
      this.#x.lua_rawset(this.l, -3);
    }
  }

  begin(l: number, budget: number): void {
    this.l = l;
    this.budget = budget;
    if (this.#path.length > 0) this.#path.length = 0;
  }

  /** Copies the value at a stack index (positive) out; what cannot cross is undefined. Runs no code of the script. */
  read(index: number, depth = 0): LuaValue {
    const at = this.#base() + (index - 1) * SLOT;
    const tag = this.#me.u8[at + TAG]!;
    if (tag === T_FALSE) return false;
    if (tag === T_TRUE) return true;
    if (tag === T_INTEGER || tag === T_FLOAT) return this.#number(at);
    if ((tag & BASIC) === T_STRING) return this.#string(at);
    return (tag & BASIC) === T_TABLE && depth < MAX_DEPTH ? this.#readTable(index, depth) : undefined;
  }
  /** Like read, counting the value itself too: a call may return a million. */
  readResult(index: number): LuaValue {
    this.#spend(SLOT);
    return this.read(index);
  }
  #readTable(index: number, depth: number): LuaValue {
    const x = this.#x;
    const l = this.l;
    const self = x.lua_topointer(l, index);
    if (this.#path.includes(self)) return undefined;
    if (x.lua_checkstack(l, 4) === 0) throw new BorderError('too many values for the stack');
    this.#path.push(self);
    const keys: (string | number)[] = [];
    const values: LuaValue[] = [];
    const key = x.lua_gettop(l) + 1;
    x.lua_pushnil(l);
    while (x.lua_next(l, index) !== 0) {
      this.#spend(SLOT);
      const name = this.read(key, MAX_DEPTH);
      if (typeof name === 'number' || typeof name === 'string') {
        keys.push(name);
        values.push(this.read(key + 1, depth + 1));
      }
      x.lua_settop(l, key);
    }
    this.#path.pop();
    return tableFrom(keys, values);
  }
}
