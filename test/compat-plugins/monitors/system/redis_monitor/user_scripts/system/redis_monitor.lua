local user_scripts = require("user_scripts")
local ts_utils = require("ts_utils_core")
local plugins_utils = require("plugins_utils")
local redis_api

local script = {
  category = user_scripts.script_categories.system,
  windows_exclude = true,
  hooks = {},
  gui = { i18n_title = "system_stats.redis.redis_monitor", i18n_description = "system_stats.redis.redis_monitor_description" },
}

function script.setup()
  redis_api = plugins_utils.loadModule("redis_monitor", "redis_api")
  return not ntop.isWindows()
end

function script.hooks.min(params)
  local ifid = getSystemInterfaceId()
  local stats = redis_api.getStats()
  redis_api.keep(stats)
  if not params.ts_enabled then return end
  -- `when` is no variable here, as in 4.2: the present is meant
  ts_utils.append("redis:memory", { ifid = ifid, resident_bytes = stats.memory }, when, verbose)
  ts_utils.append("redis:keys", { ifid = ifid, num_keys = stats.dbsize }, when, verbose)
  for command, calls in pairs(redis_api.getHits()) do
    ts_utils.append("redis:hits", { ifid = ifid, command = command, num_calls = calls }, when)
  end
end

return script
