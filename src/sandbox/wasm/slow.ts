/**
 * Library functions in Lua itself, for arguments on which the native ones could run without end: here the instruction
 * hook runs. Returns a table of functions; expects the pattern scanner in the global `__scan`, which it removes.
 */
export const SLOW = `
local scan, sort, format = __scan, table.sort, string.format
__scan = nil
local type, select, error, tostring, tonumber = type, select, error, tostring, tonumber
local sub, find, concat, unpack, tointeger = string.sub, string.find, table.concat, table.unpack, math.tointeger
local slow = {}

local function integer(value, index, name)
  local n = tointeger(tonumber(value))
  if n == nil then error(format("bad argument #%d to '%s' (number expected, got %s)", index, name, type(value)), 3) end
  return n
end

function slow.insert(t, ...)
  local last = #t + 1
  local n = select('#', ...)
  if n == 1 then t[last] = (...) return end
  if n ~= 2 then error("wrong number of arguments to 'insert'", 2) end
  local at, value = ...
  at = integer(at, 2, 'insert')
  if at < 1 or at > last then error("bad argument #2 to 'insert' (position out of bounds)", 2) end
  for i = last, at + 1, -1 do t[i] = t[i - 1] end
  t[at] = value
end

function slow.remove(t, ...)
  local size = #t
  local at = size
  if select('#', ...) > 0 then
    at = integer((...), 2, 'remove')
    if size + 1 ~= at and (at < 1 or at > size + 1) and not (size == 0 and at == 0) then
      error("bad argument #2 to 'remove' (position out of bounds)", 2)
    end
  end
  local value = t[at]
  while at < size do
    t[at] = t[at + 1]
    at = at + 1
  end
  if at <= size or select('#', ...) > 0 then t[at] = nil end
  return value
end

function slow.move(a, from, to, at, b)
  b = b or a
  from, to, at = integer(from, 2, 'move'), integer(to, 3, 'move'), integer(at, 4, 'move')
  if to >= from then
    if at > to or at <= from or b ~= a then
      for i = 0, to - from do b[at + i] = a[from + i] end
    else
      for i = to - from, 0, -1 do b[at + i] = a[from + i] end
    end
  end
  return b
end

local function copy(t, from, to)
  local list = {}
  for i = from, to do list[i - from + 1] = t[i] end
  return list, to - from + 1
end

function slow.concat(t, separator, from, to)
  from, to = from or 1, to or #t
  local list, n = copy(t, integer(from, 3, 'concat'), integer(to, 4, 'concat'))
  for i = 1, n do
    local kind = type(list[i])
    if kind ~= 'string' and kind ~= 'number' then
      error(format("invalid value (at index %d) in table for 'concat'", i), 2)
    end
  end
  return concat(list, separator or '', 1, n)
end

function slow.sort(t, less)
  local list, n = copy(t, 1, #t)
  sort(list, less)
  for i = 1, n do t[i] = list[i] end
end

function slow.unpack(t, from, to)
  from = from or 1
  local list, n = copy(t, integer(from, 2, 'unpack'), integer(to or #t, 3, 'unpack'))
  return unpack(list, 1, n)
end

local function substitute(template, whole, first, ...)
  local out, n, at = {}, 0, 1
  while true do
    local mark = find(template, '%', at, true)
    if not mark then break end
    local letter = sub(template, mark + 1, mark + 1)
    local value
    if letter == '%' then value = '%'
    elseif letter == '0' then value = whole
    elseif find(letter, '^%d') then
      local index = tonumber(letter)
      if index == 1 then value = first else value = (select(index - 1, ...)) end
      if value == nil then error(format("invalid capture index %%%d in replacement string", index), 3) end
    else error("invalid use of '%' in replacement string", 3) end
    out[n + 1], out[n + 2] = sub(template, at, mark - 1), tostring(value)
    n, at = n + 2, mark + 2
  end
  out[n + 1] = sub(template, at)
  return concat(out)
end

function slow.gsub(s, pattern, replacement, limit)
  s, pattern = tostring(s), tostring(pattern)
  local kind = type(replacement)
  if kind == 'number' then replacement, kind = tostring(replacement), 'string' end
  if kind ~= 'string' and kind ~= 'function' and kind ~= 'table' then
    error(format("bad argument #3 to 'gsub' (string/function/table expected, got %s)", kind), 2)
  end
  local anchored = sub(pattern, 1, 1) == '^'
  limit = limit == nil and #s + 1 or integer(limit, 4, 'gsub')
  local out, n, count, at, last = {}, 0, 0, 1, -1
  local function add(from, to, first, ...)
    if not from then return false end
    local whole, value = sub(s, from, to), nil
    if kind == 'string' then value = substitute(replacement, whole, first, ...)
    elseif kind == 'table' then value = replacement[first]
    else value = replacement(first, ...) end
    if not value then value = whole
    elseif type(value) ~= 'string' and type(value) ~= 'number' then
      error(format("invalid replacement value (a %s)", type(value)), 3)
    end
    out[n + 1], out[n + 2] = sub(s, at, from - 1), value
    n, at, last, count = n + 2, to + 1, to, count + 1
    return true
  end
  while count < limit and add(scan(s, pattern, at, last, true)) do
    if anchored then break end
  end
  out[n + 1] = sub(s, at)
  return concat(out), count
end

function slow.gmatch(s, pattern, init)
  s, pattern = tostring(s), tostring(pattern)
  local at, last = init == nil and 1 or integer(init, 3, 'gmatch'), -1
  if at < 0 then at = #s + at + 1 end
  if at < 1 then at = 1 end
  local function step(from, to, ...)
    if not from then
      at = #s + 2
      return nil
    end
    at, last = to + 1, to
    return ...
  end
  return function()
    if at > #s + 1 then return nil end
    return step(scan(s, pattern, at, last, false))
  end
end

return slow
`;
