local alert_consts = require "alert_consts"
local flow_keys = require "flow_keys"

return {
  status_key = flow_keys.spanwatch.status_generated_name,
  alert_severity = alert_consts.alert_severities.error,
  alert_type = alert_consts.alert_types.alert_generated_name,
  i18n_title = "generated_name.alert_title",
  i18n_description = function(info)
    return i18n("generated_name.why", info)
  end,
}
