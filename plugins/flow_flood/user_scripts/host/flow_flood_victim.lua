local user_scripts = require "user_scripts"
local alerts_api = require "alerts_api"
local alert_consts = require "alert_consts"

local script = {
  category = user_scripts.script_categories.security,
  default_enabled = true,
  default_value = { operator = "gt", threshold = 256 },
  gui = {
    i18n_title = "entity_thresholds.flow_victim_title",
    i18n_description = "entity_thresholds.flow_victim_description",
    i18n_field_unit = user_scripts.field_units.flow_sec,
    input_builder = "threshold_cross",
    field_min = 1, field_max = 65535, field_operator = "gt",
  },
  hooks = {},
}

function script.hooks.min(params)
  local hits = (host.getFlowFlood() or {})["hits.flow_flood_victim"] or 0
  alerts_api.checkThresholdAlert(params, alert_consts.alert_types.alert_flows_flood, hits)
end

return script
