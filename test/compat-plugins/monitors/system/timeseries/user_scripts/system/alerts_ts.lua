local user_scripts = require("user_scripts")
local ts_utils = require("ts_utils_core")
local system_utils = require("system_utils")

local script = {
  category = user_scripts.script_categories.system,
  hooks = {},
  gui = { i18n_title = "alerts_dashboard.alerts_ts", i18n_description = "alerts_dashboard.alerts_ts_description" },
}

function script.hooks.min(params)
  if not params.ts_enabled then return end
  local stats = system_utils.systemHostStats()
  ts_utils.append("process:num_alerts", {
    ifid = getSystemInterfaceId(), written_alerts = stats.written_alerts or 0,
    alerts_queries = stats.alerts_queries or 0, dropped_alerts = stats.dropped_alerts or 0,
  }, params.when)
end

return script
