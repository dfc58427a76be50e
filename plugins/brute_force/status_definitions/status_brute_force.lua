local alert_consts = require "alert_consts"
local flow_keys = require "flow_keys"

return {
  status_key = flow_keys.spanwatch.status_brute_force,
  alert_severity = alert_consts.alert_severities.error,
  alert_type = alert_consts.alert_types.alert_brute_force,
  i18n_title = "brute_force.alert_title",
  i18n_description = function(info)
    return i18n("brute_force.why", info)
  end,
}
