local user_scripts = require("user_scripts")
local alerts_api = require("alerts_api")
local alert_consts = require("alert_consts")
local plugins_utils = require("plugins_utils")
local ts_utils = require("ts_utils_core")
local format_utils = require("format_utils")
local am_utils

local script = {
  category = user_scripts.script_categories.network,
  default_enabled = true,
  hooks = {},
  gui = { i18n_title = "active_monitoring_stats.active_monitoring", i18n_description = "active_monitoring_stats.active_monitoring_description" },
}

function script.setup()
  am_utils = plugins_utils.loadModule("active_monitoring", "am_utils")
  return am_utils ~= nil
end

local function judge(entry, key, ms, granularity)
  local kind = alert_consts.alert_types.alert_am_threshold_cross.create(alert_consts.alert_severities.warning,
    alert_consts.alerts_granularities[granularity], ms or 0, entry.max_rtt, entry.host, key, "gt", "msec")
  local entity = alerts_api.amThresholdCrossEntity(key)
  if ms == nil or (entry.max_rtt and ms > entry.max_rtt) then
    alerts_api.trigger(entity, kind)
  else
    alerts_api.release(entity, kind)
  end
end

local function run(params)
  local names = { "icmp" }
  if not ntop.isPingAvailable() then names = {} end
  names[#names + 1] = "http"
  for _, name in ipairs(names) do
    local measurement = plugins_utils.loadModule("active_monitoring", "measurements." .. name)
    local hosts = {}
    for key, entry in pairs(am_utils.getHosts(params.granularity)) do if entry.measurement == name then hosts[key] = entry end end
    if not table.empty(hosts) then
      measurement.check(hosts)
      local results = measurement.collect(hosts)
      for key, entry in pairs(hosts) do
        local ms = results[key]
        if ms then
          am_utils.setLast(key, round(ms, 2), params.when)
          if params.ts_enabled then
            ts_utils.append("am_host:val_" .. params.granularity, { ifid = getSystemInterfaceId(), host = entry.host, metric = name, value = ms }, params.when)
          end
        end
        judge(entry, key, ms, params.granularity)
      end
    end
  end
end

script.hooks.min = run
script.hooks["5mins"] = run
script.hooks.hour = run

return script
