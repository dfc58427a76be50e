local user_scripts = require("user_scripts")
local flow_consts = require("flow_consts")

-- Protocols that need no answer.
local silent = { [8] = "MDNS", [17] = "SYSLOG", [18] = "DHCP", [87] = "RTP", [103] = "DHCPV6", [128] = "NETFLOW", [129] = "SFLOW" }

local script = {
  category = user_scripts.script_categories.network,
  l4_proto = "udp",
  hooks = {},
  gui = { i18n_title = "flow_callbacks_config.udp_unidirectional", i18n_description = "flow_callbacks_config.udp_unidirectional_description" },
}

function script.hooks.all(now)
  if flow.getPacketsRcvd() == 0 and flow.getPacketsSent() > 0 and not flow.isClientNoIP() and flow.isServerUnicast()
    and silent[flow.getnDPIAppProtoId()] == nil then
    local status = flow_consts.status_types.status_udp_unidirectional
    flow.triggerStatus(status.create(status.alert_severity), 5, 5, 1)
  end
end

return script
