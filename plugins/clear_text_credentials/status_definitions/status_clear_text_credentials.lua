local alert_consts = require "alert_consts"
local flow_keys = require "flow_keys"

return {
  status_key = flow_keys.spanwatch.status_clear_text_credentials,
  alert_severity = alert_consts.alert_severities.warning,
  alert_type = alert_consts.alert_types.alert_clear_text_credentials,
  i18n_title = "clear_text_credentials.alert_title",
  i18n_description = function(info)
    return i18n("clear_text_credentials.why", info)
  end,
}
