local alert_consts = require "alert_consts"
local flow_keys = require "flow_keys"

return {
  status_key = flow_keys.spanwatch.status_large_upload,
  alert_severity = alert_consts.alert_severities.warning,
  alert_type = alert_consts.alert_types.alert_large_upload,
  i18n_title = "large_upload.alert_title",
  i18n_description = function(info)
    return i18n(info.text or "large_upload.why", info)
  end,
}
