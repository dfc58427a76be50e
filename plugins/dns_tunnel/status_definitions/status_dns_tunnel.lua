local alert_consts = require "alert_consts"
local flow_keys = require "flow_keys"

return {
  status_key = flow_keys.spanwatch.status_dns_tunnel,
  alert_severity = alert_consts.alert_severities.error,
  alert_type = alert_consts.alert_types.alert_dns_tunnel,
  i18n_title = "dns_tunnel.alert_title",
  i18n_description = function(info)
    return i18n("dns_tunnel.why", info)
  end,
}
