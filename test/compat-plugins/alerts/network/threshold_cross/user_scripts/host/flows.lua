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
    i18n_title = "alerts_thresholds_config.alert_flows_title",
    i18n_description = "alerts_thresholds_config.alert_flows_description",
    i18n_field_unit = user_scripts.field_units.flows,
    input_builder = "threshold_cross",
  },
}

function script.hooks.all(params)
  local flows = host.getNumFlows()
  local value = alerts_api.host_delta_val(script.key, params.granularity, flows["total_flows.as_client"] + flows["total_flows.as_server"])
  alerts_api.checkThresholdAlert(params, alert_consts.alert_types.alert_threshold_cross, value)
end

return script
