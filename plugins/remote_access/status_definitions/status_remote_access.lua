local alert_consts = require "alert_consts"
local flow_keys = require "flow_keys"

return {
  status_key = flow_keys.spanwatch.status_remote_access,
  alert_severity = alert_consts.alert_severities.warning,
  alert_type = alert_consts.alert_types.alert_remote_access,
  i18n_title = "remote_access.alert_title",
  i18n_description = function(info)
    return i18n(info.text, info)
  end,
}
