local user_scripts = require("user_scripts")
local flow_consts = require("flow_consts")

local script = {
  category = user_scripts.script_categories.network,
  l4_proto = "tcp",
  nedge_exclude = true,
  three_way_handshake_ok = true,
  packet_interface_only = true,
  hooks = {},
  gui = { i18n_title = "flow_callbacks_config.tcp_issues_packets", i18n_description = "flow_callbacks_config.tcp_issues_packets_description" },
}

function script.hooks.periodicUpdate(now)
  if flow.getDuration() < 600 then return end
  if flow.getGoodputBytes() * 100 <= flow.getBytes() * 20 then
    local status = flow_consts.status_types.status_low_goodput
    flow.triggerStatus(status.create(status.alert_severity), 10, 10, 10)
  end
end

return script
