local user_scripts = require "user_scripts"
local flow_consts = require "flow_consts"

local status = flow_consts.status_types.status_generated_name

local DNS = 5
local WINDOW, MAX_CLIENTS, MAX_NAMES = 600, 500, 200
-- Of spanwatch.getNameOddity(): names of people and companies stay below.
local ODD = 60

local script = {
  category = user_scripts.script_categories.security,
  l7_proto_id = DNS,
  default_value = { operator = "gt", threshold = 4 },
  gui = {
    i18n_title = "generated_name.title",
    i18n_description = "generated_name.description",
    i18n_field_unit = "generated_name.input_unit",
    input_builder = "threshold_cross",
    field_min = 1, field_max = 1000, field_operator = "gt",
  },
  hooks = {},
}

local clients, count = {}, 0

-- Names are found by our own addition to the API.
function script.setup() return spanwatch ~= nil and spanwatch.getNameOddity ~= nil end

function script.hooks.protocolDetected(now, conf)
  local name = flow.getDnsQuery()
  if name == nil or name == "" or spanwatch.getNameOddity(name) < ODD then return end
  local info = flow.getInfo()
  if not info["cli.localhost"] then return end
  local client = info["cli.ip"]
  local seen = clients[client]
  if not seen or now - seen.from > WINDOW then
    if not seen then
      if count >= MAX_CLIENTS then clients, count = {}, 0 end
      count = count + 1
    end
    seen = { from = now, n = 0, names = {} }
    clients[client] = seen
  end
  if seen.names[name] or seen.n >= MAX_NAMES then return end
  seen.names[name], seen.n = true, seen.n + 1
  local limit = tonumber(conf.threshold) or 4
  if seen.n > limit and not seen.told then
    seen.told = true
    flow.triggerStatus(status.create(status.alert_severity, { client = client, name = name, value = seen.n, limit = limit }), 100, 100, 0)
  end
end

return script
