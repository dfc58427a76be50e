-- Numeric keys of alerts: pairs {PEN, id}, as definitions hand them on.
local names = {
  "blacklisted_country", "broadcast_domain_too_large", "device_connection", "device_disconnection", "device_protocol_not_allowed",
  "dropped_alerts", "external", "flow_blacklisted", "flow_blocked", "flow_misbehaviour", "flows_flood", "ghost_network",
  "host_pool_connection", "host_pool_disconnection", "influxdb_dropped_points", "influxdb_error", "influxdb_export_failure", "internals",
  "ip_outsite_dhcp_range", "list_download_failed", "login_failed", "mac_ip_association_change", "malicious_signature",
  "misbehaving_flows_ratio", "misconfigured_app", "new_device", "nfq_flushed", "none", "periodic_activity_not_executed",
  "am_threshold_cross", "port_duplexstatus_change", "port_errors", "port_load_threshold_exceeded", "port_mac_changed",
  "port_status_change", "potentially_dangerous_protocol", "process_notification", "quota_exceeded", "remote_to_remote",
  "request_reply_ratio", "slow_periodic_activity", "slow_purge", "snmp_device_reset", "snmp_topology_changed", "suspicious_activity",
  "tcp_syn_flood", "tcp_syn_scan", "test_failed", "threshold_cross", "too_many_drops", "udp_unidirectional", "unresponsive_device",
  "user_activity", "user_script_calls_drops", "web_mining", "connection_issues", "suspicious_file_transfer",
  "known_proto_on_non_std_port", "host_log", "attack_mitigation_via_snmp", "iec104_error", "flow_risk", "unexpected_dns_server",
  "unexpected_smtp_server", "unexpected_dhcp_server", "unexpected_ntp_server", "too_many_retransmissions", "lateral_movement",
  "list_download_succeeded",
}

local alert_keys = { ntopng = {}, user = {} }
for id, name in ipairs(names) do alert_keys.ntopng["alert_" .. name] = { 0, id } end
for i = 1, 5 do alert_keys.user["alert_user_0" .. i] = { 0, 32767 + i } end

-- The number of a pair, or nil and why it has none. A pair within a pair, as the documentation writes it, is accepted.
function alert_keys.parse_alert_key(pair)
  if type(pair) == "number" then pair = { 0, pair } end
  if type(pair) ~= "table" then return nil, "an alert key is a pair like alert_keys.user.alert_user_01" end
  local pen, key = pair[1], pair[2]
  if type(key) == "table" then pen, key = key[1], key[2] end
  pen, key = tonumber(pen), tonumber(key)
  if not pen or not key or pen < 0 or key < 0 then return nil, "an alert key is a pair of numbers" end
  if pen == 0 then
    if (key >= 1 and key <= #names) or (key >= 32768 and key <= 32772) then return key end
    return nil, "alert key " .. tostring(key) .. " is neither known nor one of alert_keys.user"
  end
  return pen * 65536 + key
end

return alert_keys
