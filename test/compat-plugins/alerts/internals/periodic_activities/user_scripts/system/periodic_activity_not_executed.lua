local alerts_api = require("alerts_api")
local alert_consts = require("alert_consts")
local user_scripts = require("user_scripts")

local script = {
  category = user_scripts.script_categories.internals,
  hooks = {},
  gui = {
    i18n_title = "alerts_dashboard.periodic_activity_not_executed",
    i18n_description = "alerts_dashboard.periodic_activity_not_executed_descr",
  },
}

function script.hooks.min(params)
  local granularity = alert_consts.alerts_granularities[params.granularity]
  for activity, stats in pairs(interface.getPeriodicActivitiesStats() or {}) do
    local waited = alerts_api.interface_delta_val(script.key .. activity, params.granularity, stats.num_not_executed or 0, true)
    local kind = alert_consts.alert_types.alert_periodic_activity_not_executed.create(
      alert_consts.alert_severities.warning, granularity, activity, stats.last_queued_time or 0)
    if waited > 0 then
      alerts_api.trigger(alerts_api.periodicActivityEntity(activity), kind, nil, params.cur_alerts)
    else
      alerts_api.release(alerts_api.periodicActivityEntity(activity), kind, nil, params.cur_alerts)
    end
  end
end

return script
