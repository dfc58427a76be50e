-- The way of 4.2: definitions are the core's, onEnable counts in the cache.
local user_scripts = require("user_scripts")
local flow_consts = require("flow_consts")

local KEY = "ntopng.cache.user_scripts.unexpected_plugins_enabled"

local script = {
  packet_interface_only = true,
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

function script.onEnable(hook, hook_config)
  if isEmptyString(ntop.getCache(KEY)) then ntop.setCache(KEY, "1") end
end

function script.hooks.protocolDetected(now, conf)
  if table.len(conf.items) > 0 then
    local ok = 0
    local info = flow.getInfo()
    local server_ip = info["srv.ip"]
    for _, dns_ip in pairs(conf.items) do
      if server_ip == dns_ip then
        ok = 1
        break
      end
    end
    if ok == 0 then
      flow.triggerStatus(flow_consts.status_types.status_unexpected_dns.create(
        flow_consts.status_types.status_unexpected_dns.alert_severity, server_ip), 100, 0, 100)
    end
  end
end

return script
