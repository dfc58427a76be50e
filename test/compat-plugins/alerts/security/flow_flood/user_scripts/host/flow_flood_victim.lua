local alerts_api = require("alerts_api")
local alert_consts = require("alert_consts")
local user_scripts = require("user_scripts")

local script = {
  category = user_scripts.script_categories.security,
  default_enabled = true,
  default_value = { operator = "gt", threshold = 256 },
  hooks = {},
  gui = {
    i18n_title = "entity_thresholds.flow_victim_title",
    i18n_description = "entity_thresholds.flow_victim_description",
    i18n_field_unit = user_scripts.field_units.flow_sec,
    input_builder = "threshold_cross", field_operator = "gt", field_min = 1, field_max = 65535,
  },
}

function script.hooks.min(params)
  local hits = host.getFlowFlood()
  local value = hits["hits.flow_flood_victim"] or 0
  alerts_api.checkThresholdAlert(params, alert_consts.alert_types.alert_flows_flood, value)
end

return script
