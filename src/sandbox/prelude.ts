/**
 * What both Lua engines run first: print, io.write, os and load as the sandbox has them, and the parts of Lua 5.3's
 * default build that 5.4 dropped (bit32, math.pow and its kin: ntopng 4.2 ran on 5.3 with LUA_COMPAT_5_2).
 * Expects the host functions of os.ts in the global `__host`, which it removes.
 */
export const PRELUDE = `
local host, native_load, max_source = __host, load, 1048576
__host = nil
local type, select, tostring, error, pcall = type, select, tostring, error, pcall
local concat, rawset = table.concat, rawset
local write, format, getmt = host.write, string.format, getmetatable

function print(...)
  local n, parts = select('#', ...), {...}
  for i = 1, n do parts[i] = tostring(parts[i]) end
  write(concat(parts, '\\t', 1, n) .. '\\n')
end

local stdout = {}
local function out(...)
  local n, parts = select('#', ...), {...}
  for i = 1, n do
    local kind = type(parts[i])
    if kind ~= 'string' and kind ~= 'number' then
      error(format("bad argument #%d to 'write' (string expected, got %s)", i, kind), 2)
    end
    parts[i] = tostring(parts[i])
  end
  write(concat(parts, '', 1, n))
  return stdout
end
stdout.write = function(self, ...) return out(...) end
stdout.flush = function() return true end
stdout.setvbuf = function() return true end
io = { stdout = stdout, stderr = stdout, write = function(...) return out(...) end, flush = function() return true end }

os = {
  time = host.time, date = host.date, clock = host.clock,
  difftime = function(a, b) return (a or 0) - (b or 0) + 0.0 end,
  getenv = function() return nil end,
}

function load(chunk, name, mode, ...)
  if type(chunk) == 'function' then
    local parts, n, size = {}, 0, 0
    while true do
      local piece = chunk()
      if piece == nil or piece == '' then break end
      if type(piece) ~= 'string' then return nil, 'reader function must return a string' end
      n, size = n + 1, size + #piece
      if size > max_source then return nil, 'source too large' end
      parts[n] = piece
    end
    chunk = concat(parts, '', 1, n)
    if name == nil then name = '=(load)' end
  elseif type(chunk) ~= 'string' then
    error("bad argument #1 to 'load' (string expected, got " .. type(chunk) .. ')', 2)
  end
  if #chunk > max_source then return nil, 'source too large' end
  if type(mode) == 'string' and mode ~= 't' and mode ~= 'bt' then
    return nil, format("attempt to load a text chunk (mode is '%s')", mode)
  end
  if select('#', ...) == 0 then return native_load(chunk, name, 't') end
  return native_load(chunk, name, 't', (...))
end
loadstring = load

if not unpack then unpack = table.unpack end
if not math.pow then
  function math.pow(x, y) return x ^ y end
  function math.log10(x) return math.log(x, 10) end
  function math.cosh(x) return (math.exp(x) + math.exp(-x)) / 2 end
  function math.sinh(x) return (math.exp(x) - math.exp(-x)) / 2 end
  function math.tanh(x) local p, m = math.exp(x), math.exp(-x) return (p - m) / (p + m) end
  function math.ldexp(m, e) return m * 2.0 ^ e end
end

getmetatable('').__metatable = false
`;

/** bit32 needs 64-bit integers; only the wasm engine runs it (fengari brings its own arithmetic of 32 bits). */
export const BIT32 = `
local function u(x) return (x // 1 | 0) & 0xffffffff end
local function shift(x, n) x = u(x)
  if n <= -32 or n >= 32 then return 0 end
  if n >= 0 then return (x << n) & 0xffffffff end
  return x >> -n
end
bit32 = {
  band = function(...) local r = 0xffffffff for _, x in ipairs({...}) do r = r & u(x) end return r end,
  bor = function(...) local r = 0 for _, x in ipairs({...}) do r = r | u(x) end return r end,
  bxor = function(...) local r = 0 for _, x in ipairs({...}) do r = r ~ u(x) end return r end,
  bnot = function(x) return ~u(x) & 0xffffffff end,
  btest = function(...) return bit32.band(...) ~= 0 end,
  lshift = shift,
  rshift = function(x, n) return shift(x, -n) end,
  arshift = function(x, n) x = u(x)
    if n <= 0 or x < 0x80000000 then return shift(x, -n) end
    if n > 31 then return 0xffffffff end
    return (x >> n) | (~(0xffffffff >> n) & 0xffffffff)
  end,
  lrotate = function(x, n) n = n & 31 x = u(x) return ((x << n) | (x >> (32 - n))) & 0xffffffff end,
  rrotate = function(x, n) n = -n & 31 x = u(x) return ((x << n) | (x >> (32 - n))) & 0xffffffff end,
  extract = function(x, f, w) return (u(x) >> f) & ((1 << (w or 1)) - 1) end,
  replace = function(x, v, f, w) local m = (1 << (w or 1)) - 1 return (u(x) & ~(m << f)) | ((u(v) & m) << f) end,
}
`;
