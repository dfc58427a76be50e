local flow_consts = require("flow_consts")
local user_scripts = require("user_scripts")

local script = {
  category = user_scripts.script_categories.internals,
  hooks = {},
  gui = { i18n_title = "flow_callbacks_config.not_purged", i18n_description = "flow_callbacks_config.not_purged_description" },
}

function script.hooks.periodicUpdate(now)
  if flow.isNotPurged() then
    local status = flow_consts.status_types.status_not_purged
    flow.triggerStatus(status.create(status.alert_severity))
  end
end

return script
