local function create(severity, info, granularity, subtype)
  return { alert_severity = severity, alert_granularity = granularity, alert_subtype = subtype, alert_type_params = info }
end

return {
  -- 32473 is the enterprise number for documentation (RFC 5612): it is nobody else's.
  alert_key = { 32473, 6 },
  i18n_title = "dns_tunnel.alert_title",
  icon = "fas fa-exclamation",
  creator = create,
}
