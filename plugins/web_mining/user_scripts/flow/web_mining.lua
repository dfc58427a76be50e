local user_scripts = require "user_scripts"
local flow_consts = require "flow_consts"

-- nDPI's category of that name.
local MINING = 99

local script = {
  category = user_scripts.script_categories.security,
  gui = {
    i18n_title = "flow_callbacks_config.web_mining",
    i18n_description = "flow_callbacks_config.web_mining_description",
  },
  hooks = {},
}

function script.hooks.protocolDetected(now, conf)
  if flow.getnDPICategoryId() == MINING then
    local status = flow_consts.status_types.status_web_mining_detected
    flow.triggerStatus(status.create(status.alert_severity), 50, 50, 10)
  end
end

return script
