-- Risks of a flow: names, numbers and texts.
local names = {
  "url_possible_xss", "url_possible_sql_injection", "url_possible_rce_injection", "binary_application_transfer",
  "known_protocol_on_non_standard_port", "tls_selfsigned_certificate", "tls_obsolete_version", "tls_weak_cipher",
  "tls_certificate_expired", "tls_certificate_mismatch", "http_suspicious_user_agent", "http_numeric_ip_host", "http_suspicious_url",
  "http_suspicious_header", "tls_not_carrying_https", "suspicious_dga_domain", "malformed_packet",
  "ssh_obsolete_client_version_or_cipher", "ssh_obsolete_server_version_or_cipher", "smb_insecure_version",
  "tls_suspicious_esni_usage", "unsafe_protocol", "dns_suspicious_traffic", "tls_missing_sni",
}
local utils = { risks = {} }
for id, name in ipairs(names) do utils.risks["ndpi_" .. name] = id end
function utils.risk_id_2_i18n(id)
  local name = names[tonumber(id) or 0]
  return name and i18n("flow_risk.ndpi_" .. name) or nil
end
return utils
