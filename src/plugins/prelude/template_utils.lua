-- Templates of a plugin: {{ expression }} puts an escaped value, {* expression *} a raw one, {% code %} runs, {# … #} is left
-- out; anything else is text. Names are those of the context, then the globals.
local sys = ...
local template_utils = {}
local LIMIT = 20000

-- One chunk of Lua that calls __put() for every piece. An expression that fails is told in the log and shows nothing.
local function compile(source)
  local code, at = {}, 1
  local function text(piece) if piece ~= "" then code[#code + 1] = string.format("__put(%q)", piece) end end
  while at <= #source and #code < LIMIT do
    local from = string.find(source, "{[{*%%#]", at)
    if not from then break end
    local kind = string.sub(source, from + 1, from + 1)
    local close = kind == "{" and "}}" or kind .. "}"
    local to = string.find(source, close, from + 2, true)
    if not to then break end
    text(string.sub(source, at, from - 1))
    local inner = string.sub(source, from + 2, to - 1)
    if kind == "{" then
      code[#code + 1] = "__put(__escape(__value(function() return " .. inner .. "\nend)))"
    elseif kind == "*" then
      code[#code + 1] = "__put(__value(function() return " .. inner .. "\nend))"
    elseif kind == "%" then
      code[#code + 1] = inner
    end
    at = to + #close
  end
  text(string.sub(source, at))
  return table.concat(code, "\n")
end

function template_utils.render_string(source, context, name)
  local out = {}
  local function complain(message) traceError(TRACE_WARNING, TRACE_CONSOLE, "template " .. tostring(name or "") .. ": " .. tostring(message)) end
  local own = {
    context = context,
    __put = function(piece) if #out < LIMIT then out[#out + 1] = piece end end,
    __escape = escapeHTML,
    __value = function(fn)
      local ok, value = pcall(fn)
      if not ok then complain(value) end
      return ok and value ~= nil and tostring(value) or ""
    end,
  }
  local env = setmetatable({}, { __index = function(_, key)
    if own[key] ~= nil then return own[key] end
    local value = type(context) == "table" and context[key]
    if value ~= nil and value ~= false then return value end
    return _G[key]
  end })
  local fn, message = load(compile(source), "=template", "t", env)
  local ok, failure = fn ~= nil, message
  if fn then ok, failure = pcall(fn) end
  if not ok then complain(failure) end
  return table.concat(out)
end
function template_utils.gen(name, context)
  local source = sys.template(tostring(name))
  return source and template_utils.render_string(source, context, name) or ""
end
function template_utils.render(name, context) print(template_utils.gen(name, context)) end
return template_utils
