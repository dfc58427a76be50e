local user_scripts = require "user_scripts"
local flow_consts = require "flow_consts"

-- Protocols in which silence is normal: mDNS, syslog, DHCP, RTP, DHCPv6, NetFlow, sFlow.
local SILENT = { [8] = true, [17] = true, [18] = true, [87] = true, [103] = true, [128] = true, [129] = true }

local script = {
  category = user_scripts.script_categories.network,
  default_enabled = false,
  l4_proto = "udp",
  gui = {
    i18n_title = "flow_callbacks_config.udp_unidirectional",
    i18n_description = "flow_callbacks_config.udp_unidirectional_description",
  },
  hooks = {},
}

-- Not when the protocol is detected: the answer may be on its way.
local function check(now, conf)
  if flow.getPacketsRcvd() > 0 or flow.getPacketsSent() == 0 then return end
  if flow.isClientNoIP() or not flow.isServerUnicast() or SILENT[flow.getnDPIAppProtoId()] then return end
  local status = flow_consts.status_types.status_udp_unidirectional
  flow.triggerStatus(status.create(status.alert_severity), 5, 5, 1)
end

script.hooks.periodicUpdate = check
script.hooks.flowEnd = check

return script
