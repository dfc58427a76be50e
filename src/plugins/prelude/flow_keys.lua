-- Numbers (bits) of flow statuses.
local names = {
  [0] = "normal", "blacklisted", "blacklisted_country", "blocked", "data_exfiltration", "device_protocol_not_allowed",
  "dns_data_exfiltration", "dns_invalid_query", "elephant_local_to_remote", "elephant_remote_to_local", "external_alert", "longlived",
  "low_goodput", "malicious_signature", "not_purged", "potentially_dangerous", "remote_to_remote", "suspicious_tcp_probing",
  "suspicious_tcp_syn_probing", "tcp_connection_issues", "tcp_connection_refused", "tcp_severe_connection_issues",
  "tls_certificate_expired", "tls_certificate_mismatch", "tls_old_protocol_version", "tls_unsafe_ciphers", "udp_unidirectional",
  "web_mining_detected", "tls_certificate_selfsigned", "suspicious_file_transfer", "known_proto_on_non_std_port", "flow_risk",
  "unexpected_dhcp_server", "unexpected_dns_server", "unexpected_smtp_server", "unexpected_ntp_server",
}

-- Numbers that 4.2 leaves free, for the plugins that ship.
local own = {
  "network_scan", "brute_force", "clear_text_credentials", "generated_name", "dns_tunnel", "beaconing", "large_upload", "anonymizer",
  "remote_access", "smbv1", "listed", "rogue_dhcp", "rogue_router", "tls_issue", "standard_port", "unexpected_country",
}

local flow_keys = { ntopng = {}, user = {}, spanwatch = {} }
for i, name in ipairs(own) do flow_keys.spanwatch["status_" .. name] = 39 + i end
for id = 0, #names do flow_keys.ntopng["status_" .. names[id]] = id end
for i = 1, 5 do flow_keys.user["status_user_0" .. i] = 58 + i end
return flow_keys
