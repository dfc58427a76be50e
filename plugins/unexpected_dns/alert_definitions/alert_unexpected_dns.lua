local alert_keys = require "alert_keys"

-- info is the address of the server.
local function create(severity, info)
  return { alert_severity = severity, alert_type_params = info }
end

return {
  alert_key = alert_keys.ntopng.alert_unexpected_dns_server,
  i18n_title = "unexpected_dns.alert_unexpected_dns_title",
  icon = "fas fa-exclamation",
  creator = create,
}
