-- Templates of a plugin: {{ expression }} puts an escaped value, {* expression *} a raw one; anything else is text.
local sys = ...
local template_utils = {}
local function evaluate(expression, context)
  local fn = load("return " .. expression, "=template", "t", setmetatable({ context = context }, { __index = function(_, k)
    local value = type(context) == "table" and context[k]
    if value ~= nil and value ~= false then return value end
    return _G[k]
  end }))
  local ok, value = pcall(fn or error)
  return ok and value ~= nil and tostring(value) or ""
end
function template_utils.render_string(source, context)
  source = string.gsub(source, "{{(.-)}}", function(e) return escapeHTML(evaluate(e, context)) end)
  return (string.gsub(source, "{%*(.-)%*}", function(e) return evaluate(e, context) end))
end
function template_utils.gen(name, context)
  local source = sys.template(tostring(name))
  return source and template_utils.render_string(source, context) or ""
end
function template_utils.render(name, context) print(template_utils.gen(name, context)) end
return template_utils
