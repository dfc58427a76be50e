local user_scripts = require "user_scripts"
local alerts_api = require "alerts_api"
local alert_consts = require "alert_consts"

local script = {
  category = user_scripts.script_categories.internals,
  default_enabled = true,
  default_value = { operator = "gt", threshold = 5 },
  gui = {
    i18n_title = "show_alerts.interface_drops_threshold",
    i18n_description = "show_alerts.interface_drops_threshold_descr",
    i18n_field_unit = user_scripts.field_units.percentage,
    input_builder = "threshold_cross",
    field_min = 1, field_max = 99, field_operator = "gt",
  },
  hooks = {},
}

function script.hooks.min(params)
  local seen = (params.entity_info or {}).stats_since_reset or {}
  local drops, packets = tonumber(seen.drops) or 0, tonumber(seen.packets) or 0
  local threshold = tonumber(params.user_script_config.threshold) or 5
  local share = packets > 100 and drops * 100 / packets or 0
  local info = alerts_api.tooManyDropsType(drops, round(share, 1), threshold)
  if share > threshold then
    alerts_api.trigger(params.alert_entity, info, nil, params.cur_alerts)
  else
    alerts_api.release(params.alert_entity, info, nil, params.cur_alerts)
  end
end

return script
