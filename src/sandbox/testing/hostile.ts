/** Scripts that want to hurt, and how each must end. Those marked `contained` may also finish, as long as they do so in time. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Fault, Vm } from '../vm.ts';
import { type OpenVm, okValues } from './conformance.ts';

export type Ending = Fault | 'done';

const TIME: Ending[] = ['time'];
const MEMORY_OR_TIME: Ending[] = ['memory', 'time'];
/** Refused with an error of the script. */
const REFUSED: Ending[] = ['error'];
const DEEP: Ending[] = ['stack', 'memory'];
/** Whatever happens, it happens in time and inside. */
const CONTAINED: Ending[] = ['done', 'error', 'stack', 'memory', 'time'];

export const HOSTILE: [string, Ending[], string][] = [
  // Memory in every shape.
  ['string.rep of a gigabyte', ['memory', 'error'], 'return #("x"):rep(1 << 30)'],
  ['string.rep kept', MEMORY_OR_TIME, 'local t = {} while true do t[#t + 1] = ("x"):rep(100000 + #t) end'],
  ['concat doubling', MEMORY_OR_TIME, 'local s = "x" while true do s = s .. s end'],
  ['table growth', MEMORY_OR_TIME, 'local t = {} while true do t[#t + 1] = 1 end'],
  ['hash growth', MEMORY_OR_TIME, 'local t, i = {}, 0 while true do i = i + 1 t["k" .. i] = i end'],
  ['nested tables', MEMORY_OR_TIME, 'local t = {} while true do t = {t, t, t} end'],
  ['closures', MEMORY_OR_TIME, 'local t = {} while true do local x = #t t[#t + 1] = function() return x end end'],
  ['coroutines', MEMORY_OR_TIME, 'local t = {} while true do t[#t + 1] = coroutine.create(function() end) end'],
  [
    'running coroutines',
    MEMORY_OR_TIME,
    'local t = {} while true do local c = coroutine.wrap(function() coroutine.yield() end) c() t[#t + 1] = c end',
  ],
  [
    'table.concat bomb',
    MEMORY_OR_TIME,
    'local t = {} for i = 1, 1000 do t[i] = ("x"):rep(10000) end while true do t[1] = table.concat(t) end',
  ],
  ['gsub bomb', MEMORY_OR_TIME, 'local s = ("x"):rep(1000) while true do s = s:gsub("x", "xx") end'],
  ['string.format bomb', MEMORY_OR_TIME, 'local s = "x" while true do s = ("%s%s"):format(s, s) end'],
  [
    'out of memory caught again and again',
    MEMORY_OR_TIME,
    'local t = {} while true do pcall(function() while true do t[#t + 1] = ("x"):rep(10000) .. #t end end) end',
  ],
  [
    'out of memory caught in coroutines',
    MEMORY_OR_TIME,
    'while true do coroutine.resume(coroutine.create(function() local s = "x" while true do s = s .. s end end)) end',
  ],
  [
    'out of memory in a handler',
    CONTAINED,
    'return xpcall(function() local s = "x" while true do s = s .. s end end, function() local t = {} while true do t[#t + 1] = {} end end)',
  ],
  ['globals fill up', MEMORY_OR_TIME, 'local i = 0 while true do i = i + 1 _G["g" .. i] = {} end'],
  ['unpack bomb', CONTAINED, 'return select("#", table.unpack({}, 1, 1e8))'],
  ['unpack of a wide range', REFUSED, 'return table.unpack({}, -2^31, 2^31 - 1)'],
  [
    'huge argument count',
    CONTAINED,
    'local t = {} for i = 1, 200000 do t[i] = i end return select("#", table.unpack(t))',
  ],
  [
    'string.char of many',
    CONTAINED,
    'return #string.char(table.unpack(setmetatable({}, {__index = function() return 65 end}), 1, 900000))',
  ],
  ['string.byte of many', CONTAINED, 'return select("#", ("x"):rep(2000000):byte(1, -1))'],
  ['huge array constructor', CONTAINED, 'return #load("return {" .. ("1,"):rep(200000) .. "}")()'],
  [
    'string.pack of large sizes',
    CONTAINED,
    'return #string.pack(("s8"):rep(100), table.unpack(setmetatable({}, {__index = function() return ("x"):rep(100000) end}), 1, 100))',
  ],

  // Time in every shape.
  ['endless loop', TIME, 'while true do end'],
  ['endless repeat', TIME, 'repeat until false'],
  ['endless goto', TIME, '::a:: goto a'],
  ['endless for', TIME, 'for i = 1, math.huge do end'],
  ['endless loop in pcall', TIME, 'while true do pcall(function() while true do end end) end'],
  [
    'endless loop in xpcall',
    TIME,
    'while true do xpcall(function() while true do end end, function() while true do end end) end',
  ],
  ['endless loop in a coroutine', TIME, 'coroutine.wrap(function() while true do end end)()'],
  [
    'endless loop in a coroutine in pcall',
    TIME,
    'while true do pcall(coroutine.wrap(function() while true do pcall(function() while true do end end) end end)) end',
  ],
  [
    'endless yields',
    TIME,
    'local c = coroutine.wrap(function() while true do coroutine.yield() end end) while true do c() end',
  ],
  [
    'a tree of short coroutines',
    ['time', 'error', 'stack'],
    'local function f(d) if d > 0 then coroutine.wrap(f)(d - 1) coroutine.wrap(f)(d - 1) end end f(60)',
  ],
  ['endless __index', TIME, 'local t = setmetatable({}, {__index = function(t, k) while true do end end}) return t.x'],
  [
    '__index loop',
    CONTAINED,
    'local a, b = {}, {} setmetatable(a, {__index = b}) setmetatable(b, {__index = a}) return a.x',
  ],
  ['endless __tostring', TIME, 'return tostring(setmetatable({}, {__tostring = function() while true do end end}))'],
  [
    'endless __eq in a sort',
    TIME,
    'local m = {__lt = function() while true do end end} local t = {} for i = 1, 10 do t[i] = setmetatable({}, m) end table.sort(t)',
  ],
  [
    'endless sort comparator',
    TIME,
    'local t = {} for i = 1, 100 do t[i] = i end table.sort(t, function(a, b) while true do end end)',
  ],
  [
    'contradictory comparator',
    CONTAINED,
    'local t = {} for i = 1, 10000 do t[i] = i % 7 end table.sort(t, function() return true end)',
  ],
  ['endless gsub callback', TIME, '("x"):gsub(".", function() while true do end end)'],
  [
    'endless __gc',
    CONTAINED,
    'for i = 1, 100 do setmetatable({}, {__gc = function() while true do end end}) end collectgarbage() local t = {} for i = 1, 100000 do t = {} end',
  ],
  [
    '__gc set afterwards',
    CONTAINED,
    'local m = {} for i = 1, 100 do local o = setmetatable({}, m) m.__gc = function() while true do end end o = setmetatable({}, m) end for i = 1, 100000 do local t = {} end',
  ],
  [
    'endless __close',
    ['time', 'error'],
    'local f = load("local x <close> = setmetatable({}, {__close = function() while true do end end})") f()',
  ],
  ['endless error object', TIME, 'error(setmetatable({}, {__tostring = function() while true do end end}))'],
  [
    'error object with __index loop',
    CONTAINED,
    'local e = {} setmetatable(e, {__index = e}) error(setmetatable({}, e))',
  ],
  [
    'error in __tostring of an error',
    CONTAINED,
    'error(setmetatable({}, {__tostring = function() error("again") end}))',
  ],
  ['wrong __tostring of an error', CONTAINED, 'error(setmetatable({}, {__tostring = function() return {} end}))'],
  ['load in a loop', MEMORY_OR_TIME, 'while true do load("return " .. ("1+"):rep(1000) .. "1")() end'],
  ['load with an endless reader', CONTAINED, 'load(function() return "x = 1 " end)'],
  ['load that loads', CONTAINED, 'local s = "return load(...)(...)" load(s)(s)'],
  ['pathological pattern', TIME, 'return ("a"):rep(60):find(("a*"):rep(30) .. "b")'],
  ['pathological optional pattern', TIME, 'return ("a"):rep(40):match(("a?"):rep(40) .. ("a"):rep(40) .. "b")'],
  ['pathological lazy gsub', TIME, 'return ("a"):rep(5000):gsub("(.-)(.-)(.-)(.-)b", "")'],
  ['pathological gmatch', TIME, 'for a in ("a"):rep(5000):gmatch(".-.-.-.-b") do end'],
  ['pathological balance', CONTAINED, 'return ("("):rep(200000):find("%b()")'],
  ['pathological plain find', CONTAINED, 'return (("a"):rep(2000000)):find(("a"):rep(500000) .. "b", 1, true)'],
  ['pathological anchored set', TIME, 'local s = ("a"):rep(3000) return s:find("^[a-z]*[a-z]*[a-z]*[a-z]*%d")'],
  ['empty string repeated', ['done'], 'return (""):rep(1 << 30) .. (""):rep(math.maxinteger)'],
  ['table.move without end', REFUSED, 'table.move({}, 1, 1 << 30, 2)'],
  [
    'table.move with metamethods',
    CONTAINED,
    'table.move(setmetatable({}, {__index = function() return 1 end}), 1, 1 << 30, 1, setmetatable({}, {__newindex = function() end}))',
  ],
  [
    'table.insert with a false length',
    TIME,
    'table.insert(setmetatable({}, {__len = function() return 1 << 30 end}), 1, 1)',
  ],
  [
    'table.remove with a false length',
    TIME,
    'table.remove(setmetatable({}, {__len = function() return 1 << 30 end}), 1)',
  ],
  [
    'table.concat with a native __index',
    TIME,
    'return table.concat(setmetatable({}, {__index = table.concat}), "", 1, 1 << 30)',
  ],
  [
    'raw table that claims a huge length',
    CONTAINED,
    'local t = {} for i = 0, 29 do t[1 << i] = 1 end table.insert(t, 1, 1) table.remove(t, 1)',
  ],
  [
    'sort of many',
    CONTAINED,
    'local t = {} for i = 1, 200000 do t[i] = (i * 7919) % 100003 end while true do table.sort(t) t[1], t[#t] = t[#t], t[1] end',
  ],
  ['huge strings copied', TIME, 'local s = ("x"):rep(1000000) while true do local t = s .. "y" end'],
  [
    'huge strings compared',
    TIME,
    'local a = ("x"):rep(1000000) local b, c = a .. "y", a .. "z" while true do local t = b < c end',
  ],
  ['tostring of many', TIME, 'while true do tostring(print) end'],
  ['host calls without end', TIME, 'while true do os.time() end'],
  ['print without end', TIME, 'while true do print("x") end'],
  ['print of a huge value', ['error', 'memory', 'time'], 'while true do print(("x"):rep(2000000)) end'],

  // Depth.
  ['deep recursion', DEEP, 'local function f() return 1 + f() end f()'],
  [
    'deep recursion in pcall',
    ['stack', 'memory', 'time', 'error'],
    'local function f() return pcall(f) and 1 + f() end f()',
  ],
  [
    'deep recursion of metamethods',
    CONTAINED,
    'local t = setmetatable({}, {}) getmetatable(t).__index = function(t, k) return t[k .. "x"] end return t.x',
  ],
  ['deep recursion through gsub', CONTAINED, 'local function f(s) return (s:gsub(".", f)) end f("x")'],
  [
    'deep recursion through sort',
    CONTAINED,
    'local function f() local t = {1, 2, 3} table.sort(t, function(a, b) f() return a < b end) end f()',
  ],
  ['deep recursion through coroutines', CONTAINED, 'local function f() return coroutine.wrap(f)() end f()'],
  ['deep recursion through load', CONTAINED, 'local s = "local s = ... return load(s)(s) + 1" load(s)(s)'],
  [
    'deep recursion through tostring',
    CONTAINED,
    'local m = {} m.__tostring = function(o) return tostring(o) end return tostring(setmetatable({}, m))',
  ],
  ['deep recursion in a handler', CONTAINED, 'local function h() return h() + 1 end return xpcall(error, h)'],
  ['error in error handlers', CONTAINED, 'local function h(e) error(e) end return xpcall(error, h, "x")'],
  [
    'deeply nested source',
    ['stack', 'error'],
    'assert(load("return " .. ("("):rep(100000) .. "1" .. (")"):rep(100000)))',
  ],
  [
    'deeply nested tables in source',
    ['stack', 'error'],
    'assert(load("return " .. ("{"):rep(100000) .. ("}"):rep(100000)))',
  ],
  ['deep pattern', CONTAINED, 'return ("x"):rep(500000):find(("x?"):rep(500))'],
  ['deep captures', CONTAINED, 'return ("x"):find(("("):rep(100) .. (")"):rep(100))'],

  // Ways out.
  ['bytecode', REFUSED, 'assert(load("\\27Lua\\x53\\0\\x19\\x93\\r\\n\\x1a\\n", "=b", "b"))()'],
  ['string.dump', REFUSED, 'string.dump(function() end)'],
  ['debug library', REFUSED, 'debug.sethook()'],
  ['os.execute', REFUSED, 'os.execute("id")'],
  ['io.open', REFUSED, 'io.open("/etc/passwd")'],
  ['require', REFUSED, 'require("os")'],
  [
    'natives replaced',
    CONTAINED,
    'pcall, error, type, select, tostring = nil string.format = nil table.concat = nil print("x")',
  ],
  ['_G emptied', TIME, 'local g = _G for k in pairs(g) do g[k] = nil end while true do end'],
  [
    'stops the hook by a coroutine that never ends',
    TIME,
    'local c c = coroutine.create(function() while true do pcall(coroutine.yield) end end) while true do coroutine.resume(c) end',
  ],
  ['collectgarbage stop', MEMORY_OR_TIME, 'collectgarbage("stop") while true do local t = {} end'],
];

export const CALL_MS = 150;
/** How long after its deadline a call may end, on a busy machine with two cores. */
export const SLACK_MS = 850;

export function hostile(engine: string, open: OpenVm, except: Record<string, Ending[]> = {}): void {
  describe(`${engine}: hostile scripts`, async () => {
    const witness: Vm = await open({ name: 'witness' });
    let answers = 0;
    for (const [name, endings, source] of HOSTILE) {
      it(name, async () => {
        const vm = await open({ name, limits: { callMs: CALL_MS, memoryBytes: 8 << 20 } });
        const started = performance.now();
        const result = vm.load('hostile.lua', source);
        const tookMs = performance.now() - started;
        const ending: Ending = result.ok ? 'done' : result.fault;
        const expected = except[name] ?? endings;
        assert.ok(expected.includes(ending), `ended as ${ending}${result.ok ? '' : `: ${result.message}`}`);
        assert.ok(tookMs < CALL_MS + SLACK_MS, `took ${Math.round(tookMs)} ms`);
        if (process.env['SANDBOX_TRACE'])
          console.log(engine, name, ending, Math.round(tookMs), result.ok ? '' : result.message);
        assert.equal(vm.usable, ending === 'done' || ending === 'error');
        if (vm.usable) assert.equal(vm.load('after.lua', 'local x = 1').ok, true, 'usable afterwards');
        vm.close();
        answers++;
        assert.deepEqual(okValues(witness.load('w.lua', `n = (n or 0) + 1 return n`)), [answers]);
      });
    }
  });
}
