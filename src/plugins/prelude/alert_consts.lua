-- Severities, entities, granularities and alert definitions.
local sys = ...
local alert_keys = require("alert_keys")
local keys = alert_keys.ntopng
local alert_consts = { MAX_NUM_QUEUED_ALERTS_PER_MODULE = 1024, MAX_NUM_QUEUED_ALERTS_PER_RECIPIENT = 4096, ids_rule_maker = { GENERIC = "rule_maker_generic" } }

alert_consts.alert_severities = {}
local severity_names = { "debug", "info", "notice", "warning", "error", "critical", "alert", "emergency" }
local badges = { "badge-info", "badge-info", "badge-info", "badge-warning", "badge-danger", "badge-danger", "badge-danger", "badge-danger" }
for id, name in ipairs(severity_names) do
  alert_consts.alert_severities[name] = {
    severity_id = id, key = name, label = badges[id], icon = "fas fa-exclamation-triangle",
    i18n_title = "alerts_dashboard." .. (name == "emergency" and "error" or name), syslog_severity = 8 - id,
    emoji = id >= 5 and "\u{2757}" or id == 4 and "\u{26A0}" or "\u{2139}",
  }
end
alert_consts.severity_groups = {
  group_none = { severity_group_id = 0 }, notice_or_lower = { severity_group_id = 1 },
  warning = { severity_group_id = 2 }, error_or_higher = { severity_group_id = 3 },
}

local entity_names = {
  [0] = "interface", "host", "network", "snmp_device", "flow", "mac", "host_pool", "process", "user", "influx_db", "test",
  "category_lists", "am_host", "periodic_activity",
}
local entity_labels = { mac = "Device", snmp_device = "SNMP Device", host_pool = "Host Pool", influx_db = "InfluxDB", category_lists = "Category List", am_host = "Monitored Host", periodic_activity = "Periodic Activity" }
alert_consts.alert_entities = {}
for id = 0, #entity_names do
  local name = entity_names[id]
  alert_consts.alert_entities[name] = { entity_id = id, key = name, label = entity_labels[name] or firstToUpper(name), pools = name .. "_pools" }
end

alert_consts.alerts_granularities = {
  ["min"] = { granularity_id = 1, granularity_seconds = 60, key = "min", i18n_title = "show_alerts.minute", i18n_description = "alerts_thresholds_config.every_minute" },
  ["5mins"] = { granularity_id = 2, granularity_seconds = 300, key = "5mins", i18n_title = "show_alerts.5_min", i18n_description = "alerts_thresholds_config.every_5_minutes" },
  ["hour"] = { granularity_id = 3, granularity_seconds = 3600, key = "hour", i18n_title = "show_alerts.hourly", i18n_description = "alerts_thresholds_config.hourly" },
  ["day"] = { granularity_id = 4, granularity_seconds = 86400, key = "day", i18n_title = "show_alerts.daily", i18n_description = "alerts_thresholds_config.daily" },
}

-- Definitions ----------------------------------------------------------------------------------------------------------

local by_id = {}

local function create_for(definition)
  return function(...)
    local info = definition.creator and definition.creator(...) or {}
    if type(info) ~= "table" then info = {} end
    info.alert_type = definition
    return info
  end
end

local function prepare(name, definition)
  for _, field in ipairs({ "alert_key", "i18n_title", "icon" }) do
    if definition[field] == nil then error("alert definition " .. name .. " lacks " .. field, 0) end
  end
  local id, why = alert_keys.parse_alert_key(definition.alert_key)
  if not id then error("alert definition " .. name .. ": " .. why, 0) end
  definition.name, definition.id, definition.create = name, id, create_for(definition)
  return definition
end

-- Adds a definition of a plugin. Returns false and a reason when there is one of that name or number already.
function alert_consts.add(name, definition)
  definition = prepare(name, definition)
  if rawget(alert_consts.alert_types, name) then return false, "alert " .. name .. " is defined already, the first definition stays" end
  if by_id[definition.id] then return false, "alert " .. name .. " redefines key " .. definition.id .. " of " .. by_id[definition.id].name end
  alert_consts.alert_types[name], by_id[definition.id] = definition, definition
  return true
end

-- Definitions of other plugins are fetched when asked for.
alert_consts.alert_types = setmetatable({}, { __index = function(t, name)
  local source, chunk = sys.definition("alert", name)
  if source == nil then return nil end
  local fn = load(source, "@" .. chunk, "t", setmetatable({}, { __index = _G }))
  local ok, definition = pcall(fn or error)
  if not ok or type(definition) ~= "table" or not pcall(prepare, name, definition) then return nil end
  rawset(t, name, definition)
  return definition
end })

-- Creators by the order of their arguments: "sev gran subtype" … ; any other word names a parameter.
local function creator(order)
  if order == nil then return nil end
  local fields = {}
  for word in string.gmatch(order, "%S+") do fields[#fields + 1] = word end
  return function(...)
    local info = {}
    local params
    for i, field in ipairs(fields) do
      local value = (select(i, ...))
      if field == "sev" then info.alert_severity = value
      elseif field == "gran" then info.alert_granularity = value
      elseif field == "sub" then info.alert_subtype = value ~= nil and tostring(value) or nil
      elseif field == "all" then info.alert_type_params = value
      else
        local as_subtype, name = string.match(field, "^(=?)(.*)$")
        params = params or {}
        params[name] = value
        if as_subtype == "=" then info.alert_subtype = value ~= nil and tostring(value) or nil end
      end
    end
    if params then info.alert_type_params = params end
    return info
  end
end

local function entity_text(alert)
  return alert_consts.formatAlertEntity(0, alert_consts.alertEntityRaw(alert.alert_entity) or "", alert.alert_entity_val)
end

local operators = { gt = ">", lt = "<", eq = "=" }

local describe = {
  threshold_cross = function(_, alert, p)
    return i18n("alert_messages.threshold_crossed", {
      granularity = alert_consts.granularityTitle(alert.alert_granularity), metric = sys.text(sys.localize(p.metric)), entity = entity_text(alert),
      value = type(p.value) == "number" and string.match(string.format("%.2f", p.value), "^(.-)%.?0*$") or tostring(p.value),
      op = operators[p.operator] or p.operator, threshold = p.threshold,
    })
  end,
  request_reply_ratio = function(_, alert, p)
    local subtype = tostring(alert.alert_subtype)
    local ratio = round((tonumber(p.replies) or 0) * 100 / ((tonumber(p.requests) or 0) + 1), 0)
    return i18n("alerts_dashboard.too_low_replies_" .. (string.ends(subtype, "_rcvd") and "sent" or "received"), {
      entity = entity_text(alert), requests = p.requests, replies = p.replies, ratio = ratio,
      granularity = alert_consts.granularityTitle(alert.alert_granularity),
    })
  end,
  misconfigured_app = function(_, alert)
    local key = string.find(tostring(alert.alert_subtype), "hosts", 1, true) and "too_many_hosts" or "too_many_flows"
    return i18n("alert_messages." .. key, { iface = entity_text(alert), option = key })
  end,
  ghost_network = function(_, alert)
    return i18n("alerts_dashboard.ghost_network_detected_description", { network = alert.alert_subtype, entity = entity_text(alert), url = "" })
  end,
  too_many_drops = function(_, alert, p)
    return i18n("alert_messages.too_many_drops", { iface = entity_text(alert), max_drops = p.edge, drops = p.drops, perc = p.drop_perc })
  end,
  slow_purge = function(_, alert, p)
    return i18n("alert_messages.slow_purge", { iface = entity_text(alert), url = "", idle = round(p.idle_perc, 1), max_idle = p.edge })
  end,
  slow_periodic_activity = function(_, alert, p)
    return i18n("alert_messages.slow_periodic_activity", { script = alert.alert_subtype, max_duration = p.max_duration_ms })
  end,
  periodic_activity_not_executed = function(_, alert, p)
    return i18n("alert_messages.periodic_activity_not_executed", { script = alert.alert_subtype, pending_since = formatEpoch(p.last_queued_time) })
  end,
  dropped_alerts = function(_, _, p)
    return i18n("alert_messages.iface_alerts_dropped", { iface = getInterfaceName(p.ifid), num_dropped = p.num, url = "" })
  end,
  user_script_calls_drops = function(_, _, p)
    return i18n("alerts_dashboard.flow_user_scripts_calls_drops_description", { num_drops = p.drops, url = "" })
  end,
  host_log = function(_, _, p)
    return i18n("alert_messages.host_log", { host = p.host, url = "", facility = p.facility, line = p.message })
  end,
  am_threshold_cross = function(_, alert, p)
    if tonumber(p.value) == 0 or p.value == nil then
      return i18n("alert_messages.ping_host_unreachable_v3", { host = alert.alert_entity_val, numeric_ip = p.ip })
    end
    return i18n("alert_messages.measurement_too_" .. (p.operator == "lt" and "low" or "high") .. "_msg", {
      host = alert.alert_entity_val, numeric_ip = p.ip, am_value = p.value, unit = p.unit, threshold = p.threshold,
    })
  end,
  mac_ip_association_change = function(_, _, p)
    return i18n("alert_messages.mac_ip_association_change", { device = p.device, ip = p.ip, old_mac = p.old_mac, new_mac = p.new_mac, old_mac_url = "", new_mac_url = "" })
  end,
  flow_flood = function(prefix)
    return function(_, alert, p)
      local side = string.find(tostring(alert.alert_subtype), "victim", 1, true) and "victim" or "attacker"
      return i18n("alert_messages." .. prefix .. "_" .. side, { entity = entity_text(alert), value = round(p.value, 0), threshold = p.threshold })
    end
  end,
}

local function with(key, fields)
  return function(_, alert, p)
    local vars = { entity = entity_text(alert), url = "" }
    for name, param in pairs(fields or {}) do vars[name] = type(p) == "table" and p[param] or p end
    if vars.pool ~= nil then vars.pool = sys.poolname(tonumber(vars.pool) or -1) or vars.pool end
    return i18n(key, vars)
  end
end

-- name, key, order of the creator's arguments, description, title when it differs from the name
local core = {
  { "threshold_cross", "threshold_cross", "sev sub gran metric value operator threshold", describe.threshold_cross, "threashold_cross" },
  { "flows_flood", "flows_flood", "sev sub gran metric value operator threshold", describe.flow_flood("flow_flood") },
  { "tcp_syn_flood", "tcp_syn_flood", "sev sub gran metric value operator threshold", describe.flow_flood("syn_flood") },
  { "tcp_syn_scan", "tcp_syn_scan", "sev sub gran metric value operator threshold", describe.flow_flood("syn_scan") },
  { "request_reply_ratio", "request_reply_ratio", "sev gran sub requests replies", describe.request_reply_ratio },
  { "misconfigured_app", "misconfigured_app", "sev gran sub", describe.misconfigured_app },
  { "ghost_network", "ghost_network", "sev gran sub", describe.ghost_network, "ghost_network_detected" },
  { "too_many_drops", "too_many_drops", "sev gran drops drop_perc edge", describe.too_many_drops },
  { "slow_purge", "slow_purge", "sev gran idle idle_perc edge", describe.slow_purge },
  { "slow_periodic_activity", "slow_periodic_activity", "sev gran sub max_duration_ms", describe.slow_periodic_activity },
  { "periodic_activity_not_executed", "periodic_activity_not_executed", "sev gran sub last_queued_time", describe.periodic_activity_not_executed },
  { "dropped_alerts", "dropped_alerts", "sev gran =ifid num", describe.dropped_alerts },
  { "user_script_calls_drops", "user_script_calls_drops", "sev gran sub drops", describe.user_script_calls_drops },
  { "new_device", "new_device", "sev device", with("alert_messages.a_new_device_has_connected", { device = "device" }) },
  { "device_connection", "device_connection", "sev device", with("alert_messages.device_has_connected", { device = "device" }) },
  { "device_disconnection", "device_disconnection", "sev device", with("alert_messages.device_has_disconnected", { device = "device" }) },
  { "host_pool_connection", "host_pool_connection", "sev pool", with("alert_messages.host_pool_has_connected", { pool = "pool" }) },
  { "host_pool_disconnection", "host_pool_disconnection", "sev pool", with("alert_messages.host_pool_has_disconnected", { pool = "pool" }) },
  { "quota_exceeded", "quota_exceeded", "sev sub pool proto value quota", with("alert_messages.subject_quota_exceeded", { pool = "pool", subject = "proto", value = "value", quota = "quota" }) },
  { "host_log", "host_log", "sub sev host level facility message", describe.host_log },
  { "am_threshold_cross", "am_threshold_cross", "sev gran value threshold ip host operator unit", describe.am_threshold_cross },
  { "influxdb_error", "influxdb_error", "sev gran error_msg", with("alert_messages.influxdb_error", { error = "error_msg" }) },
  { "mac_ip_association_change", "mac_ip_association_change", "sev device ip old_mac new_mac", describe.mac_ip_association_change },
  { "broadcast_domain_too_large", "broadcast_domain_too_large", "sev src_mac dst_mac vlan spa tpa", with("alert_messages.broadcast_domain_too_large", { src_mac = "src_mac", dst_mac = "dst_mac", spa = "spa", tpa = "tpa" }) },
  { "snmp_topology_changed", "snmp_topology_changed", "sev sub gran node1 ip1 node2 ip2" },
  { "process_notification", "process_notification", "sev event msg", with("alert_messages.process", { event = "event", msg = "msg" }), "process" },
  { "user_activity", "user_activity", "sev scope name params addr status", with("user_activity.performed", { scope = "scope", user = "name", status = "status" }) },
  { "login_failed", "login_failed", "sev", with("user_activity.login_not_authorized", {}) },
  { "blacklisted_country", "blacklisted_country", "sev cli_country srv_country cli_blacklisted srv_blacklisted" },
  { "connection_issues", "connection_issues", "sev tcp_stats cli2srv_pkts srv2cli_pkts is_severe client_issues server_issues" },
  { "device_protocol_not_allowed", "device_protocol_not_allowed", "sev cli.devtype srv.devtype which proto_id", nil, "suspicious_device_protocol" },
  { "flow_blacklisted", "flow_blacklisted", "sev all", nil, "blacklisted_flow" },
  { "flow_risk", "flow_risk", "sev risk_id" },
  { "flow_misbehaviour", "flow_misbehaviour", "sev elephant.l2r_threshold elephant.r2l_threshold" },
  { "potentially_dangerous_protocol", "potentially_dangerous_protocol", "sev tls_version tls_info" },
  { "known_proto_on_non_std_port", "known_proto_on_non_std_port", "sev all" },
  { "suspicious_file_transfer", "suspicious_file_transfer", "sev all" },
  { "external_alert", "external", "sev all", nil, "external_alert", true },
  { "unexpected_dns", "unexpected_dns_server", "sev all", nil, "unexpected_dns" },
  { "unexpected_dhcp", "unexpected_dhcp_server", "sev all", nil, "unexpected_dhcp" },
  { "unexpected_ntp", "unexpected_ntp_server", "sev all", nil, "unexpected_ntp" },
  { "unexpected_smtp", "unexpected_smtp_server", "sev all", nil, "unexpected_smtp" },
  { "web_mining", "web_mining", "sev" }, { "udp_unidirectional", "udp_unidirectional", "sev" },
  { "internals", "internals", "sev", nil, "internal_issues" }, { "flow_blocked", "flow_blocked", "sev", nil, "blocked_flow" },
  { "none", "none" }, { "remote_to_remote", "remote_to_remote" }, { "malicious_signature", "malicious_signature" },
  { "suspicious_activity", "suspicious_activity" },
}
for _, name in ipairs({
  "attack_mitigation_via_snmp", "iec104_error", "influxdb_export_failure", "ip_outsite_dhcp_range", "lateral_movement", "list_download_failed",
  "list_download_succeeded", "nfq_flushed", "port_duplexstatus_change", "port_errors", "port_load_threshold_exceeded", "port_mac_changed",
  "port_status_change", "snmp_device_reset",
}) do core[#core + 1] = { name, name, "sev" } end

for _, row in ipairs(core) do
  local title = row[5] or row[1]
  local unexpected = string.match(row[1], "^unexpected_%l+$")
  local name = row[6] and row[1] or "alert_" .. row[1]
  alert_consts.add(name, {
    alert_key = keys["alert_" .. row[2]], icon = "fas fa-exclamation",
    -- The plugin's own text, as 4.2 has it; i18n.ts has ours where the plugin is not there.
    i18n_title = unexpected and title .. ".alert_" .. title .. "_title" or "alerts_dashboard." .. title,
    i18n_description = row[4], creator = creator(row[3]),
  })
end

-- Lookups ----------------------------------------------------------------------------------------------------------------

local function severity_of(id) return severity_names[tonumber(id) or 0] end
function alert_consts.alertSeverityRaw(id) return severity_of(id) end
function alert_consts.alertSeverityById(id)
  local name = severity_of(id)
  if not name then error("there is no alert severity " .. tostring(id), 2) end
  return alert_consts.alert_severities[name]
end
function alert_consts.alertSeverityLabel(id)
  local name = severity_of(id)
  return name and i18n("alerts_dashboard." .. name) or ""
end
function alert_consts.alertSeverity(name) local s = alert_consts.alert_severities[name] return s and s.severity_id end
function alert_consts.alertTypeRaw(id) local t = by_id[tonumber(id) or 0] return t and t.name or sys.alertname(tonumber(id) or 0) end
function alert_consts.getAlertType(name) local t = alert_consts.alert_types[name] return t and t.id end
function alert_consts.alertType(name) return alert_consts.getAlertType(name) end
function alert_consts.alertTypeLabel(id)
  local t = by_id[tonumber(id) or 0]
  return t and sys.text(sys.localize(t.i18n_title)) or ""
end
function alert_consts.alertEntity(name) local e = alert_consts.alert_entities[name] return e and e.entity_id end
function alert_consts.alertEntityRaw(id) return entity_names[tonumber(id) or -1] end
function alert_consts.alertEntityLabel(id) local e = alert_consts.alert_entities[entity_names[tonumber(id) or -1] or ""] return e and e.label or "" end
function alert_consts.granularity2sec(name) local g = alert_consts.alerts_granularities[name] return g and g.granularity_seconds or 0 end
function alert_consts.granularity2id(name) local g = alert_consts.alerts_granularities[name] return g and g.granularity_id or 0 end
function alert_consts.sec2granularity(seconds)
  for name, g in pairs(alert_consts.alerts_granularities) do if g.granularity_seconds == tonumber(seconds) then return name end end
end
function alert_consts.granularityTitle(seconds)
  local name = alert_consts.sec2granularity(seconds)
  return name and i18n(alert_consts.alerts_granularities[name].i18n_title) or ""
end
alert_consts.alertEngine = alert_consts.granularity2id
alert_consts.alertEngineLabel = function(id)
  for _, g in pairs(alert_consts.alerts_granularities) do if g.granularity_id == tonumber(id) then return i18n(g.i18n_title) end end
  return ""
end
function alert_consts.alertLevelToSyslogLevel(level)
  local name = type(level) == "string" and level or severity_of(level)
  local severity = alert_consts.alert_severities[name]
  return severity and severity.syslog_severity or 6
end
function alert_consts.formatAlertEntity(_, entity, value)
  value = tostring(value)
  if entity == "host" then value = (string.gsub(value, "@0$", "")) end
  if entity == "interface" then
    value = value == "-1" and i18n("system") or getInterfaceName(value) ~= "" and getInterfaceName(value) or value
  end
  local e = alert_consts.alert_entities[entity]
  return (e and e.label or firstToUpper(entity)) .. " " .. value
end
function alert_consts.describe(definition, record, params)
  local description = definition.i18n_description
  if type(description) == "function" then
    local shown = description(0, record, type(params) == "table" and params or {})
    if shown ~= nil and shown ~= "" then return tostring(shown) end
  elseif type(description) == "string" and description ~= "" then
    local shown = i18n(description, type(params) == "table" and params or nil)
    return type(shown) == "string" and shown or description
  end
  return sys.text(sys.localize(definition.i18n_title))
end

return alert_consts
