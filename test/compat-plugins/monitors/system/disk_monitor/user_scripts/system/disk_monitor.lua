local user_scripts = require("user_scripts")
local alerts_api = require("alerts_api")
local ts_utils = require("ts_utils_core")
local storage_utils = require("storage_utils")

local script = {
  category = user_scripts.script_categories.system,
  hooks = {},
  gui = { i18n_title = "system_stats.disk_monitor", i18n_description = "system_stats.disk_monitor_description" },
}

function script.hooks.hour(params)
  local info = storage_utils.storageInfo(true, 5)
  if info and params.ts_enabled then
    ts_utils.append("system:disk", { ifid = getSystemInterfaceId(), used_bytes = info.total }, params.when)
  end
end

return script
