local user_scripts = require("user_scripts")
local ts_utils = require("ts_utils_core")
local system_utils = require("system_utils")

local script = {
  category = user_scripts.script_categories.system,
  hooks = {},
  gui = { i18n_title = "alerts_dashboard.memory_ts", i18n_description = "alerts_dashboard.memory_ts_description" },
}

function script.hooks.min(params)
  if not params.ts_enabled then return end
  local stats = system_utils.systemHostStats()
  if stats.mem_ntopng_resident then
    ts_utils.append("process:resident_memory", { ifid = getSystemInterfaceId(), resident_bytes = stats.mem_ntopng_resident * 1024 }, params.when)
  end
end

return script
