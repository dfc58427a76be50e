local user_scripts = require("user_scripts")
local alerts_api = require("alerts_api")
local alert_consts = require("alert_consts")
local ts_utils = require("ts_utils_core")

local script = {
  category = user_scripts.script_categories.system,
  hooks = {},
  gui = { i18n_title = "alerts_dashboard.influxdb_monitor", i18n_description = "alerts_dashboard.influxdb_monitor_description" },
}

function script.setup() return ts_utils.getDriverName() == "influxdb" end

function script.hooks.min(params)
  local driver = ts_utils.getQueryDriver()
  local t0 = ntop.gettimemsec()
  for ifid in pairs(interface.getIfNames()) do
    if ntop.getCache("ntopng.cache.influxdb.error." .. ifid) ~= "" then
      alerts_api.store(alerts_api.influxdbEntity(driver.url), alert_consts.alert_types.alert_influxdb_error.create(
        alert_consts.alert_severities.error, alert_consts.alerts_granularities.min, "error"))
    end
  end
  ts_utils.append("influxdb:rtt", { ifid = getSystemInterfaceId(), millis_rtt = (ntop.gettimemsec() - t0) * 1000 }, params.when)
end
script.hooks["5mins"] = function(params) ts_utils.append("influxdb:storage_size", { ifid = getSystemInterfaceId(), disk_bytes = 0 }, params.when) end

return script
