local user_scripts = require("user_scripts")
local flow_consts = require("flow_consts")

local script = {
  category = user_scripts.script_categories.security,
  hooks = {},
  gui = { i18n_title = "flow_callbacks_config.blacklisted", i18n_description = "flow_callbacks_config.blacklisted_description" },
}

function script.hooks.protocolDetected(now)
  if not flow.isBlacklisted() then return end
  local info = flow.getBlacklistedInfo()
  local cli_score, srv_score = 5, 10
  if info["blacklisted.srv"] then cli_score, srv_score = flow_consts.max_score, 5 end
  local status = flow_consts.status_types.status_blacklisted
  flow.triggerStatus(status.create(status.alert_severity, info), 100, cli_score, srv_score)
end

return script
