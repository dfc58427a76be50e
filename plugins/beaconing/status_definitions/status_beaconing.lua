local alert_consts = require "alert_consts"
local flow_keys = require "flow_keys"

return {
  status_key = flow_keys.spanwatch.status_beaconing,
  alert_severity = alert_consts.alert_severities.warning,
  alert_type = alert_consts.alert_types.alert_beaconing,
  i18n_title = "beaconing.alert_title",
  i18n_description = function(info)
    return i18n("beaconing.why", info)
  end,
}
