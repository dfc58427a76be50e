-- The way of the published tutorial: own definitions, the server from its key, globals, unknown keys.
local user_scripts = require("user_scripts")
local flow_consts = require("flow_consts")

local script = {
  category = user_scripts.script_categories.security,
  default_enabled = false,
  default_value = { items = {} },
  l7_proto_id = 5,
  periodic_update_seconds = 30,
  gui = {
    i18n_title = "unexpected_dns.title",
    i18n_description = "unexpected_dns.description",
    input_builder = "items_list",
    item_list_type = "string",
    input_title = "Allowed DNS",
    input_description = "Comma separated servers",
  },
  hooks = {},
}

function script.hooks.protocolDetected(now, conf)
  if table.len(conf.items) > 0 then
    ok = 0
    server_ip = flow.getServerKey():sub(1, -3)
    for _, dns_ip in pairs(conf.items or script.default_value.items) do
      if server_ip == dns_ip then ok = 1 break end
    end
    if ok == 0 then
      flow.triggerStatus(flow_consts.status_types.status_unexpected_dns.create(
        flow_consts.status_types.status_unexpected_dns.alert_severity, server_ip), 100, 0, 100)
    end
  end
end

return script
