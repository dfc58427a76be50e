local user_scripts = require "user_scripts"
local flow_consts = require "flow_consts"

local DNS = 5
local status = flow_consts.status_types.status_unexpected_dns

local script = {
  category = user_scripts.script_categories.security,
  -- Low: what says more about a flow comes first.
  prio = -20,
  default_enabled = false,
  default_value = { items = {} },
  l7_proto_id = DNS,
  gui = {
    i18n_title = "unexpected_dns.unexpected_dns_title",
    i18n_description = "unexpected_dns.unexpected_dns_description",
    input_builder = "items_list",
    item_list_type = "ip_address",
    input_title = i18n("unexpected_dns.title"),
    input_description = i18n("unexpected_dns.description"),
  },
  hooks = {},
}

function script.hooks.protocolDetected(now, conf)
  if table.len(conf.items) == 0 then return end
  local server_ip = flow.getInfo()["srv.ip"]
  for _, allowed in ipairs(conf.items) do
    if server_ip == allowed then return end
  end
  flow.triggerStatus(status.create(status.alert_severity, server_ip), 100, 0, 100)
end

return script
