local ts_utils = require("ts_utils_core")
local user_scripts = require("user_scripts")

local script = {
  category = user_scripts.script_categories.system,
  default_enabled = true,
  default_value = {},
  windows_exclude = true,
  hooks = {},
  gui = { i18n_title = "system_stats.redis.redis_monitor", i18n_description = "system_stats.redis.redis_monitor_description" },
}

-- The status is Redis' INFO: a text of lines "name:value"
function script.getStatus()
  local status, fields = ntop.getCacheStatus(), {}
  for _, line in pairs(status["info"]:split("\r\n")) do
    local pair = line:split(":")
    if pair then fields[pair[1]] = tonumber(pair[2]) or pair[2] end
  end
  fields.dbsize = status["dbsize"]
  return fields
end

function script.getStats()
  local fields = script.getStatus()
  local health = "green"
  if fields["aof_enabled"] and fields["aof_enabled"] ~= 0 and fields["aof_last_write_status"] ~= "ok" then health = "red" end
  if fields["rdb_last_bgsave_status"] ~= "ok" then health = "red" end
  return { memory = fields["used_memory_rss"], dbsize = fields["dbsize"], health = health }
end

function script.hooks.min(params)
  if not params.ts_enabled then return end
  local json = require("dkjson")
  local ifid, stats, hits = getSystemInterfaceId(), script.getStats(), ntop.getCacheStats()
  local before = ntop.getCache("ntopng.cache.redis.stats")
  before = isEmptyString(before) and {} or json.decode(before) or {}
  -- `when` is no variable here, as in 4.2: the present is meant
  if stats.memory then ts_utils.append("redis:memory", { ifid = ifid, resident_bytes = stats.memory }, when) end
  if stats.dbsize then ts_utils.append("redis:keys", { ifid = ifid, num_keys = stats.dbsize }, when) end
  for command, calls in pairs(hits) do
    if before[command] ~= nil then
      ts_utils.append("redis:hits", { ifid = ifid, command = command, num_calls = math.max(calls - before[command], 0) }, when)
    end
  end
  ntop.setCache("ntopng.cache.redis.stats", json.encode(hits))
end

return script
