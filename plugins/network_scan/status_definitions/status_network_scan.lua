local alert_consts = require "alert_consts"
local flow_keys = require "flow_keys"

return {
  status_key = flow_keys.spanwatch.status_network_scan,
  alert_severity = alert_consts.alert_severities.error,
  alert_type = alert_consts.alert_types.alert_network_scan,
  i18n_title = "network_scan.alert_title",
  i18n_description = function(info)
    return i18n(info.text, info)
  end,
}
