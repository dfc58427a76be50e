local alert_consts = require "alert_consts"
local flow_keys = require "flow_keys"

return {
  status_key = flow_keys.spanwatch.status_standard_port,
  alert_severity = alert_consts.alert_severities.warning,
  alert_type = alert_consts.alert_types.alert_standard_port,
  i18n_title = "standard_port.alert_title",
  i18n_description = function(info)
    return i18n("standard_port.why", info)
  end,
}
