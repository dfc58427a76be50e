local user_scripts = require("user_scripts")
local flow_consts = require("flow_consts")
local NOTED = "ntopng.cache.user_scripts.unexpected_plugins_enabled"

local script = {
  category = user_scripts.script_categories.security,
  prio = -20,
  default_enabled = false,
  default_value = { items = {} },
  l7_proto_id = 5,
  hooks = {},
  gui = {
    i18n_title = "unexpected_dns.unexpected_dns_title",
    i18n_description = "unexpected_dns.unexpected_dns_description",
    input_builder = "items_list",
    item_list_type = "ip_address",
    input_title = i18n("unexpected_dns.title"),
    input_description = i18n("unexpected_dns.description"),
  },
}

function script.onEnable(hook, conf)
  if isEmptyString(ntop.getCache(NOTED)) then ntop.setCache(NOTED, "1") end
end

function script.hooks.protocolDetected(now, conf)
  if table.len(conf.items) == 0 then return end
  local server_ip = flow.getInfo()["srv.ip"]
  local allowed = false
  for _, address in pairs(conf.items) do
    if address == server_ip then allowed = true end
  end
  if not allowed then
    local status = flow_consts.status_types.status_unexpected_dns
    flow.triggerStatus(status.create(status.alert_severity, server_ip), 100, 0, 100)
  end
end

return script
