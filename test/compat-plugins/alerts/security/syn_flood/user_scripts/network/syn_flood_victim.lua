local alerts_api = require("alerts_api")
local alert_consts = require("alert_consts")
local user_scripts = require("user_scripts")

local script = {
  category = user_scripts.script_categories.security,
  default_enabled = false,
  default_value = { operator = "gt", threshold = 32768 },
  hooks = {},
  gui = {
    i18n_title = "entity_thresholds.syn_victim_title",
    i18n_description = "entity_thresholds.syn_victim_description",
    i18n_field_unit = user_scripts.field_units.syn_sec,
    input_builder = "threshold_cross", field_operator = "gt", field_min = 1, field_max = 65535,
  },
}

function script.hooks.min(params)
  local hits = params.entity_info
  local value = hits["hits.syn_flood_victim"] or 0
  alerts_api.checkThresholdAlert(params, alert_consts.alert_types.alert_tcp_syn_flood, value)
end

return script
