local alert_consts = require "alert_consts"
local flow_keys = require "flow_keys"

return {
  status_key = flow_keys.spanwatch.status_listed,
  alert_severity = alert_consts.alert_severities.error,
  alert_type = alert_consts.alert_types.alert_listed,
  i18n_title = "listed.alert_title",
  i18n_description = function(info)
    return i18n(info.text or "listed.why", info)
  end,
}
