local alerts_api = require("alerts_api")
local alert_consts = require("alert_consts")
local user_scripts = require("user_scripts")

local script = {
  category = user_scripts.script_categories.system,
  default_value = { operator = "gt", threshold = 5 },
  hooks = {},
  gui = {
    i18n_title = "show_alerts.interface_drops_threshold",
    i18n_description = "show_alerts.interface_drops_threshold_descr",
    i18n_field_unit = user_scripts.field_units.percentage,
    input_builder = "threshold_cross", field_operator = "gt", field_min = 1, field_max = 99,
  },
}

function script.hooks.min(params)
  local stats = params.entity_info["stats_since_reset"]
  local limit = tonumber(params.user_script_config.threshold)
  local share = stats.drops * 100 / math.max(1, stats.packets)
  local kind = alerts_api.tooManyDropsType(stats.drops, share, limit)
  if stats.packets > 100 and share > limit then
    alerts_api.trigger(params.alert_entity, kind, nil, params.cur_alerts)
  else
    alerts_api.release(params.alert_entity, kind, nil, params.cur_alerts)
  end
end

return script
