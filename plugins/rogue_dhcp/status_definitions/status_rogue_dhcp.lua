local alert_consts = require "alert_consts"
local flow_keys = require "flow_keys"

return {
  status_key = flow_keys.spanwatch.status_rogue_dhcp,
  alert_severity = alert_consts.alert_severities.error,
  alert_type = alert_consts.alert_types.alert_rogue_dhcp,
  i18n_title = "rogue_dhcp.alert_title",
  i18n_description = function(info)
    return i18n("rogue_dhcp.why", info)
  end,
}
