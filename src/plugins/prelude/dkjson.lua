-- JSON with the habits plugins know from dkjson: an empty table is a list, keys become texts, decode returns the value
-- and where it ended, or nil, position and a message.
local json = { version = "spanwatch", null = setmetatable({}, { __tojson = function() return "null" end }) }

local byte, char, find, format, gsub, sub = string.byte, string.char, string.find, string.format, string.gsub, string.sub
local concat, sort, tonumber, tostring, type, pairs = table.concat, table.sort, tonumber, tostring, type, pairs
local MAX_DEPTH = 64

local ESCAPES = { ['"'] = '\\"', ["\\"] = "\\\\", ["\b"] = "\\b", ["\f"] = "\\f", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t" }
local function quote(s)
  return '"' .. gsub(s, '[%c"\\\127]', function(c) return ESCAPES[c] or format("\\u%04x", byte(c)) end) .. '"'
end
json.quotestring = quote

local function is_list(t)
  local meta = getmetatable(t)
  if meta and meta.__jsontype == "object" then return false end
  if meta and meta.__jsontype == "array" then return true end
  local n = 0
  for k in pairs(t) do
    if type(k) ~= "number" or k < 1 or k % 1 ~= 0 then return false end
    n = n > k and n or k
  end
  return n <= 10 or n <= #t * 2
end

local function put(out, value, indent, depth)
  local kind = type(value)
  if kind == "table" then
    if depth > MAX_DEPTH then error("json.encode: nested deeper than " .. MAX_DEPTH .. " tables", 0) end
    if value == json.null then out[#out + 1] = "null" return end
    local line = indent and ("\n" .. ("  "):rep(depth)) or ""
    local inner = indent and (line .. "  ") or ""
    if is_list(value) then
      local n = 0
      for k in pairs(value) do n = n > k and n or k end
      out[#out + 1] = "["
      for i = 1, n do
        out[#out + 1] = (i > 1 and "," or "") .. inner
        put(out, value[i], indent, depth + 1)
      end
      out[#out + 1] = (n > 0 and line or "") .. "]"
      return
    end
    local keys = {}
    for k in pairs(value) do
      if type(k) == "string" or type(k) == "number" then keys[#keys + 1] = k end
    end
    sort(keys, function(a, b) return tostring(a) < tostring(b) end)
    out[#out + 1] = "{"
    for i, k in ipairs(keys) do
      out[#out + 1] = (i > 1 and "," or "") .. inner .. quote(tostring(k)) .. (indent and ": " or ":")
      put(out, value[k], indent, depth + 1)
    end
    out[#out + 1] = (#keys > 0 and line or "") .. "}"
  elseif kind == "string" then
    out[#out + 1] = quote(value)
  elseif kind == "number" then
    if value ~= value or value == math.huge or value == -math.huge then
      out[#out + 1] = "null"
    elseif math.type(value) == "integer" then
      out[#out + 1] = tostring(value)
    elseif value % 1 == 0 and value > -1e15 and value < 1e15 then
      out[#out + 1] = format("%.0f", value)
    else
      out[#out + 1] = format("%.14g", value)
    end
  elseif kind == "boolean" then
    out[#out + 1] = tostring(value)
  elseif kind == "nil" then
    out[#out + 1] = "null"
  else
    error("json.encode: a " .. kind .. " cannot be written", 0)
  end
end

function json.encode(value, state)
  local out = {}
  put(out, value, type(state) == "table" and state.indent or false, 0)
  return concat(out)
end

local UNESCAPE = { b = "\b", f = "\f", n = "\n", r = "\r", t = "\t" }

local function bad(position, what)
  error({ position = position, what = what }, 0)
end

local function read_string(s, position)
  local parts, from = {}, position + 1
  while true do
    local at = find(s, '["\\]', from)
    if not at then bad(position, "a text that does not end") end
    parts[#parts + 1] = sub(s, from, at - 1)
    if byte(s, at) == 34 then return concat(parts), at + 1 end
    local c = sub(s, at + 1, at + 1)
    if c == "u" then
      local code = tonumber(sub(s, at + 2, at + 5), 16)
      if not code then bad(at, "a broken \\u") end
      from = at + 6
      if code >= 0xD800 and code < 0xDC00 and sub(s, from, from + 1) == "\\u" then
        local low = tonumber(sub(s, from + 2, from + 5), 16)
        if low and low >= 0xDC00 and low < 0xE000 then
          code = 0x10000 + (code - 0xD800) * 0x400 + (low - 0xDC00)
          from = from + 6
        end
      end
      parts[#parts + 1] = utf8 and utf8.char(code) or char(code % 256)
    else
      parts[#parts + 1] = UNESCAPE[c] or c
      from = at + 2
    end
  end
end

local read

local function read_members(s, position, close, put_member)
  local at = find(s, "%S", position + 1)
  if at and byte(s, at) == close then return at + 1 end
  local i = 0
  while true do
    if not at then bad(position, "a list or object that does not end") end
    i = i + 1
    at = put_member(at, i)
    at = find(s, "%S", at)
    local c = at and byte(s, at)
    if c == close then return at + 1 end
    if c ~= 44 then bad(at or #s, "a missing comma") end
    at = find(s, "%S", at + 1)
  end
end

function read(s, position, depth)
  if depth > MAX_DEPTH then bad(position, "nested too deep") end
  local at = find(s, "%S", position)
  if not at then bad(position, "nothing") end
  local c = byte(s, at)
  if c == 123 then
    local object = {}
    return object, read_members(s, at, 125, function(from)
      if byte(s, from) ~= 34 then bad(from, "a key that is no text") end
      local key, after = read_string(s, from)
      after = find(s, "%S", after)
      if not after or byte(s, after) ~= 58 then bad(after or from, "a missing colon") end
      local value, rest = read(s, after + 1, depth + 1)
      object[key] = value
      return rest
    end)
  elseif c == 91 then
    local list = {}
    return list, read_members(s, at, 93, function(from, i)
      local value, rest = read(s, from, depth + 1)
      list[i] = value
      return rest
    end)
  elseif c == 34 then
    return read_string(s, at)
  end
  local first, last = find(s, "^-?%d+%.?%d*[eE]?[+-]?%d*", at)
  if first then
    local number = tonumber(sub(s, first, last))
    if number then return number, last + 1 end
  end
  for word, value in pairs({ ["true"] = true, ["false"] = false }) do
    if sub(s, at, at + #word - 1) == word then return value, at + #word end
  end
  if sub(s, at, at + 3) == "null" then return nil, at + 4 end
  bad(at, "an unexpected character")
end

function json.decode(s, position)
  if type(s) ~= "string" then return nil, 1, "strings only" end
  local ok, value, after = pcall(read, s, position or 1, 0)
  if ok then return value, after end
  if type(value) == "table" then return nil, value.position, "json: " .. value.what .. " at position " .. tostring(value.position) end
  return nil, 1, tostring(value)
end

function json.use_lpeg() return json end
return json
