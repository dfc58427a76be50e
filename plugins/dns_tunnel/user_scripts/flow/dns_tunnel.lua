local user_scripts = require "user_scripts"
local flow_consts = require "flow_consts"

local status = flow_consts.status_types.status_dns_tunnel

local DNS = 5
local WINDOW, MAX_PAIRS, MAX_NAMES = 600, 1000, 1000
-- Characters before the domain: names that people or content networks make are shorter.
local LONG = 35

local script = {
  category = user_scripts.script_categories.security,
  l7_proto_id = DNS,
  default_value = { operator = "gt", threshold = 30 },
  gui = {
    i18n_title = "dns_tunnel.title",
    i18n_description = "dns_tunnel.description",
    i18n_field_unit = "dns_tunnel.input_unit",
    input_builder = "threshold_cross",
    field_min = 5, field_max = 10000, field_operator = "gt",
  },
  hooks = {},
}

local seen_by, count = {}, 0

function script.hooks.protocolDetected(now, conf)
  local name = flow.getDnsQuery()
  if name == nil or #name < LONG or string.ends(name, ".arpa") then return end
  local below, domain = string.match(name, "^(.+)%.([^.]+%.[^.]+)$")
  if not below or #below < LONG then return end
  local info = flow.getInfo()
  if not info["cli.localhost"] then return end
  local key = info["cli.ip"] .. " " .. domain
  local seen = seen_by[key]
  if not seen or now - seen.from > WINDOW then
    if not seen then
      if count >= MAX_PAIRS then seen_by, count = {}, 0 end
      count = count + 1
    end
    seen = { from = now, n = 0, names = {} }
    seen_by[key] = seen
  end
  if seen.names[below] or seen.n >= MAX_NAMES then return end
  seen.names[below], seen.n = true, seen.n + 1
  local limit = tonumber(conf.threshold) or 30
  if seen.n > limit and not seen.told then
    seen.told = true
    flow.triggerStatus(status.create(status.alert_severity, { client = info["cli.ip"], domain = domain, value = seen.n, limit = limit }), 100, 100, 0)
  end
end

return script
