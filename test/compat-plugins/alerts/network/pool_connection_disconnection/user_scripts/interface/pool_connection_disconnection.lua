local alert_utils = require("alert_utils")
local alert_consts = require("alert_consts")
local user_scripts = require("user_scripts")

local script = {
  category = user_scripts.script_categories.network,
  hooks = {},
  gui = { i18n_title = "alerts_dashboard.host_pool_connection", i18n_description = "alerts_dashboard.host_pool_disconnection" },
}

function script.hooks.min(params)
  alert_utils.check_host_pools_alerts(interface.getId(), true, false)
end

return script
