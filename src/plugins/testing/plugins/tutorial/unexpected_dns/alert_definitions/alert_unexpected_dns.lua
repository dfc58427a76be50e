local alert_keys = require "alert_keys"
local function create(severity, dns_info)
  return { alert_severity = severity, alert_type_params = dns_info }
end
return {
  alert_key = alert_keys.ntopng.alert_unexpected_dns_server,
  i18n_title = "unexpected_dns.alert_unexpected_dns_title",
  icon = "fas fa-exclamation",
  creator = create,
}
