local alerts_api = require("alerts_api")
local alert_consts = require("alert_consts")
local user_scripts = require("user_scripts")

local script = {
  category = user_scripts.script_categories.network,
  default_enabled = false,
  local_only = true,
  is_alert = true,
  hooks = {},
  gui = {
    i18n_title = "alerts_thresholds_config.throughput",
    i18n_description = "alerts_thresholds_config.alert_throughput_description",
    i18n_field_unit = user_scripts.field_units.mbits,
    input_builder = "threshold_cross",
  },
}

function script.hooks.all(params)
  local stats = host.getBytes()
  local value = alerts_api.host_delta_val(script.key, params.granularity, stats["bytes.sent"] + stats["bytes.rcvd"]) / alert_consts.granularity2sec(params.granularity) * 8 / 1000000
  alerts_api.checkThresholdAlert(params, alert_consts.alert_types.alert_threshold_cross, value)
end

return script
