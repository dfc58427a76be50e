local alerts_api = require("alerts_api")
local alert_consts = require("alert_consts")
local user_scripts = require("user_scripts")

local script = {
  category = user_scripts.script_categories.internals,
  hooks = {},
  gui = {
    i18n_title = "show_alerts.flow_user_scripts_drops_title",
    -- translated while the file is loaded
    i18n_description = i18n("show_alerts.flow_user_scripts_drops_descr", { url = ntop.getHttpPrefix() .. "/lua/if_stats.lua" }),
  },
}

function script.hooks.min(params)
  local dropped = alerts_api.interface_delta_val(script.key, params.granularity, params.entity_info.stats.num_dropped_flow_scripts_calls)
  local kind = alert_consts.alert_types.alert_user_script_calls_drops.create(
    alert_consts.alert_severities.error, alert_consts.alerts_granularities[params.granularity], "flow", dropped)
  if dropped > 0 then
    alerts_api.trigger(params.alert_entity, kind, nil, params.cur_alerts)
  else
    alerts_api.release(params.alert_entity, kind, nil, params.cur_alerts)
  end
end

return script
