local alert_consts = require "alert_consts"
local flow_keys = require "flow_keys"

return {
  status_key = flow_keys.spanwatch.status_smbv1,
  alert_severity = alert_consts.alert_severities.warning,
  alert_type = alert_consts.alert_types.alert_smbv1,
  i18n_title = "smbv1.alert_title",
  i18n_description = function(info)
    return i18n("smbv1.why", info)
  end,
}
