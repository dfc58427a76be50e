local user_scripts = require("user_scripts")
local ts_utils = require("ts_utils_core")
local plugins_utils = require("plugins_utils")
local am_utils = plugins_utils.loadModule("active_monitoring", "am_utils")

local script = {
  category = user_scripts.script_categories.network,
  default_enabled = true,
  default_value = {},
  hooks = {},
  gui = { i18n_title = "active_monitoring_stats.active_monitoring", i18n_description = "active_monitoring_stats.active_monitoring_description" },
}

local function run(params, hosts, granularity)
  if table.empty(hosts) then return end
  local when = params.when - (params.when % 60)
  local schema = "am_host:val_" .. granularity
  local by_measurement = am_utils.getHostsByMeasurement(hosts)
  for _, info in pairs(by_measurement) do info.measurement.check(info.hosts, granularity) end
  ntop.msleep(3000)
  local answered = {}
  for _, info in pairs(by_measurement) do
    for key, value in pairs(info.measurement.collect_results(granularity) or {}) do
      value.measurement = info.measurement
      if value.value ~= nil then answered[key] = value end
    end
  end
  for key, value in pairs(answered) do
    local host, figure = hosts[key], round(value.value, 2)
    if params.ts_enabled then
      ts_utils.append(schema, { ifid = getSystemInterfaceId(), host = host.host, metric = host.measurement, value = figure }, when)
    end
    am_utils.setLastAmUpdate(key, when, figure, value.resolved_addr or host.host, tonumber(value.jitter), tonumber(value.mean))
    local bad = am_utils.hasExceededThreshold(host.threshold, value.measurement.operator, figure)
    local act = bad and am_utils.triggerAlert or am_utils.releaseAlert
    act(value.resolved_addr or host.host, key, figure, host.threshold, granularity)
    am_utils.count(key, when, bad and 2 or 1)
  end
  for key, host in pairs(hosts) do
    if answered[key] == nil then
      am_utils.triggerAlert(host.host, key, 0, 0, granularity)
      am_utils.count(key, when, 3)
      if params.ts_enabled then ts_utils.append(schema, { ifid = getSystemInterfaceId(), host = host.host, metric = host.measurement, value = 0 }, when) end
    end
  end
end

function script.hooks.min(params) run(params, am_utils.getHosts(nil, "min"), "min") end
script.hooks["5mins"] = function(params) run(params, am_utils.getHosts(nil, "5mins"), "5mins") end
function script.hooks.hour(params) run(params, am_utils.getHosts(nil, "hour"), "hour") end

return script
