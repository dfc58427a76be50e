local user_scripts = require("user_scripts")
local flow_consts = require("flow_consts")

local script = {
  category = user_scripts.script_categories.security,
  hooks = {},
  gui = {
    i18n_title = "flow_callbacks_config.dev_proto_not_allowed",
    i18n_description = i18n(ternary(ntop.isnEdge(), "flow_callbacks_config.dev_proto_not_allowed_nedge_description",
      "flow_callbacks_config.dev_proto_not_allowed_description"), { url = getDeviceProtocolPoliciesUrl() }),
  },
}

function script.hooks.protocolDetected(now)
  if not flow.isDeviceProtocolNotAllowed() then return end
  local info = flow.getDeviceProtoAllowedInfo()
  local cli_score, srv_score, which, proto = 5, 80, "srv", info["srv.disallowed_proto"]
  if not info["cli.allowed"] then cli_score, srv_score, which, proto = 80, 5, "cli", info["cli.disallowed_proto"] end
  local status = flow_consts.status_types.status_device_protocol_not_allowed
  flow.triggerStatus(status.create(status.alert_severity, info["cli.devtype"], info["srv.devtype"], which, proto), 80, cli_score, srv_score)
end

return script
