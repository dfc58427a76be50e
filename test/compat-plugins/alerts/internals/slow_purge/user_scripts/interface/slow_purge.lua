local alerts_api = require("alerts_api")
local alert_consts = require("alert_consts")
local user_scripts = require("user_scripts")

local script = {
  category = user_scripts.script_categories.internals,
  default_value = { operator = "gt", threshold = 50 },
  hooks = {},
  gui = {
    i18n_title = "alerts_thresholds_config.alert_slow_purge_threshold",
    i18n_description = "alerts_thresholds_config.alert_slow_purge_threshold_descr",
    i18n_field_unit = user_scripts.field_units.percentage,
    input_builder = "threshold_cross", field_operator = "gt", field_min = 1, field_max = 100,
  },
}

function script.hooks.min(params)
  local most, worst = tonumber(params.user_script_config.threshold), nil
  for _, stats in pairs(interface.getHashTablesStats() or {}) do
    local states = stats.hash_entry_states
    local idle, active = states.hash_entry_state_idle or 0, states.hash_entry_state_active or 0
    if idle + active > 1024 then
      local share = idle / (idle + active) * 100
      if not worst or share > worst.share then worst = { share = share, idle = idle } end
    end
  end
  local kind = alert_consts.alert_types.alert_slow_purge.create(alert_consts.alert_severities.warning,
    alert_consts.alerts_granularities[params.granularity], worst and worst.idle or 0, worst and round(worst.share, 2) or 0, most)
  if worst and worst.share > most then
    alerts_api.trigger(params.alert_entity, kind, nil, params.cur_alerts)
  else
    alerts_api.release(params.alert_entity, kind, nil, params.cur_alerts)
  end
end

return script
