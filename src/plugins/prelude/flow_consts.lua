-- Flow statuses: what a flow alert is about. Severity and alert type of an alert come from here.
local sys = ...
local alert_consts = require("alert_consts")
local flow_keys = require("flow_keys")
local severities, types, keys = alert_consts.alert_severities, alert_consts.alert_types, flow_keys.ntopng

local flow_consts = { max_score = 1024 }
local by_id = {}

local function create_for(definition)
  return function(...)
    local alert_type = definition.alert_type
    local info = type(alert_type) == "table" and alert_type.creator and alert_type.create(...) or {}
    info.status_type = definition
    return info
  end
end

local function missing(definition)
  for _, field in ipairs({ "status_key", "alert_severity", "alert_type", "i18n_title" }) do
    if definition[field] == nil then return field end
  end
end

-- Adds a definition of a plugin. Returns false and a reason when there is one of that name or number already.
function flow_consts.add(name, definition)
  local field = missing(definition)
  if field then error("status definition " .. name .. " lacks " .. field, 0) end
  local id = tonumber(definition.status_key)
  if not id or id < 0 or id > 63 or id % 1 ~= 0 then error("status definition " .. name .. ": status_key must be a number from 0 to 63", 0) end
  if rawget(flow_consts.status_types, name) then return false, "status " .. name .. " is defined already, the first definition stays" end
  if by_id[id] then return false, "status " .. name .. " redefines number " .. id .. " of " .. by_id[id].name end
  definition.name, definition.status_key = name, id
  definition.create = create_for(definition)
  flow_consts.status_types[name], by_id[id] = definition, definition
  return true
end

-- Definitions of other plugins are fetched when asked for.
flow_consts.status_types = setmetatable({}, { __index = function(t, name)
  local source, chunk = sys.definition("status", name)
  if source == nil then return nil end
  local fn = load(source, "@" .. chunk, "t", setmetatable({}, { __index = _G }))
  local ok, definition = pcall(fn or error)
  if ok and type(definition) == "table" and not missing(definition) then
    definition.name, definition.create = name, create_for(definition)
    rawset(t, name, definition)
    return definition
  end
end })

local function text(value) return sys.text(sys.localize(value)) end

-- One sentence for the status; `info` is what the script gave (a table, a text or nil).
function flow_consts.describe(status, info)
  local description = status.i18n_description
  if type(description) == "function" then
    local shown = description(info)
    if shown ~= nil and shown ~= "" then return tostring(shown) end
  elseif type(description) == "string" and description ~= "" then
    local shown = i18n(description, type(info) == "table" and info or nil)
    return type(shown) == "string" and shown or description
  end
  return text(status.i18n_title)
end

local function status_of(id) return by_id[tonumber(id) or -1] end
function flow_consts.getStatusDescription(id, info) local s = status_of(id) return s and flow_consts.describe(s, info) or "" end
function flow_consts.getStatusTitle(id) local s = status_of(id) return s and text(s.i18n_title) or "" end
function flow_consts.getStatusIcon(id) local s = status_of(id) return s and s.icon or "" end
function flow_consts.getStatusType(id) local s = status_of(id) return s and s.name end
flow_consts.flow_fields_description = {}

local function who(flag_cli, flag_srv)
  local parts = {}
  if flag_cli then parts[#parts + 1] = i18n("client") end
  if flag_srv then parts[#parts + 1] = i18n("server") end
  return table.concat(parts, ", ")
end

-- "Unexpected DNS server found: 8.8.4.4": the plugin's own text when it has one, the address behind it.
local function unexpected(name)
  return function(info)
    local shown = i18n("unexpected_" .. name .. ".status_unexpected_" .. name .. "_description", { server = info, ip = info })
      or i18n("flow_details.unexpected_" .. name)
    local address = type(info) == "table" and (info.server or info.ip or info[1]) or info
    if address == nil or address == "" then return shown end
    if string.find(shown, tostring(address), 1, true) then return shown end
    return (string.gsub(shown, "[%s:.]+$", "")) .. ": " .. tostring(address)
  end
end

local describe = {
  blacklisted = function(info)
    info = type(info) == "table" and info or {}
    local side = who(info["blacklisted.cli"], info["blacklisted.srv"])
    if info["blacklisted.cat"] then side = side == "" and i18n("domain") or side .. ", " .. i18n("domain") end
    return i18n("flow_details.blacklisted_flow_detailed", { who = side })
  end,
  blacklisted_country = function(info)
    info = type(info) == "table" and info or {}
    if info.cli_blacklisted and info.srv_blacklisted then
      return i18n("alerts_dashboard.client_and_server_countries_blacklisted", { cli_country = info.cli_country, srv_country = info.srv_country })
    elseif info.cli_blacklisted then
      return i18n("alerts_dashboard.client_country_blacklisted", { country = info.cli_country })
    end
    return i18n("alerts_dashboard.server_country_blacklisted", { country = info.srv_country })
  end,
  device_protocol_not_allowed = function(info)
    info = type(info) == "table" and info or {}
    local client = info["cli.disallowed_proto"] ~= nil or info.which == "cli"
    return i18n(client and "flow_details.suspicious_client_device_protocol" or "flow_details.suspicious_server_device_protocol", {
      proto = sys.app(tonumber(info["cli.disallowed_proto"] or info["srv.disallowed_proto"] or info.proto_id) or 0),
      devtype = client and info["cli.devtype"] or info["srv.devtype"], url = "",
    })
  end,
  flow_risk = function(info)
    local id = type(info) == "table" and tonumber(info.risk_id) or tonumber(info)
    return id and require("flow_risk_utils").risk_id_2_i18n(id) or i18n("alerts_dashboard.flow_risk")
  end,
  known_proto_on_non_std_port = function(info)
    info = type(info) == "table" and info or {}
    return i18n("alerts_dashboard.known_proto_on_non_std_port_full", { app = info["proto.ndpi"], port = info["srv.port"] })
  end,
  suspicious_file_transfer = function(info)
    info = type(info) == "table" and info or {}
    return i18n("alerts_dashboard.suspicious_file_transfer_url", { type_icon = "", url = info["protos.http.last_url"] or "" })
  end,
  external_alert = function(info)
    if type(info) ~= "table" then return i18n("alerts_dashboard.external_alert") end
    local alert = type(info.alert) == "table" and info.alert or info
    return i18n("flow_details.ids_alert", { scope = alert.category or "", msg = alert.signature or "", maker = info.source or "" })
  end,
}
for _, name in ipairs({ "dns", "dhcp", "ntp", "smtp" }) do describe["unexpected_" .. name] = unexpected(name) end

local core = {
  -- file name, severity, alert type, key when it differs from the file name
  { "normal", "info", "alert_none" }, { "blacklisted", "error", "alert_flow_blacklisted" },
  { "blacklisted_country", "error", "alert_blacklisted_country" }, { "blocked", "info", "alert_flow_blocked" },
  { "data_exfiltration", "error", "alert_flow_misbehaviour" }, { "device_protocol_not_allowed", "error", "alert_device_protocol_not_allowed" },
  { "dns_data_exfiltration", "error", "alert_flow_misbehaviour" }, { "dns_invalid_query", "error", "alert_suspicious_activity" },
  { "elephant_local_to_remote", "error", "alert_flow_misbehaviour" }, { "elephant_remote_to_local", "error", "alert_flow_misbehaviour" },
  { "external_alert", "error", "external_alert" }, { "longlived", "error", "alert_flow_misbehaviour" },
  { "low_goodput", "info", "alert_connection_issues" }, { "malicious_signature", "warning", "alert_malicious_signature" },
  { "not_purged", "error", "alert_internals" }, { "potentially_dangerous", "error", "alert_potentially_dangerous_protocol" },
  { "remote_to_remote", "notice", "alert_remote_to_remote" }, { "suspicious_tcp_probing", "info", "alert_suspicious_activity" },
  { "suspicious_tcp_syn_probing", "info", "alert_suspicious_activity" }, { "tcp_connection_issues", "notice", "alert_connection_issues" },
  { "tcp_connection_refused", "info", "alert_suspicious_activity" }, { "tcp_severe_connection_issues", "warning", "alert_connection_issues" },
  { "tls_certificate_expired", "error", "alert_potentially_dangerous_protocol" }, { "tls_certificate_mismatch", "error", "alert_potentially_dangerous_protocol" },
  { "tls_old_protocol_version", "error", "alert_potentially_dangerous_protocol" }, { "tls_unsafe_ciphers", "error", "alert_potentially_dangerous_protocol" },
  { "udp_unidirectional", "notice", "alert_udp_unidirectional" }, { "web_mining_detected", "error", "alert_web_mining" },
  { "tls_certificate_selfsigned", "error", "alert_potentially_dangerous_protocol" }, { "suspicious_file_transfer", "error", "alert_suspicious_file_transfer" },
  { "known_proto_on_non_std_port", "info", "alert_known_proto_on_non_std_port" }, { "flow_risk", "warning", "alert_flow_risk" },
  { "unexpected_dhcp", "error", "alert_unexpected_dhcp", "unexpected_dhcp_server" }, { "unexpected_dns", "error", "alert_unexpected_dns", "unexpected_dns_server" },
  { "unexpected_smtp", "error", "alert_unexpected_smtp", "unexpected_smtp_server" }, { "unexpected_ntp", "error", "alert_unexpected_ntp", "unexpected_ntp_server" },
}
for _, row in ipairs(core) do
  local name = row[1]
  flow_consts.add("status_" .. name, {
    status_key = keys["status_" .. (row[4] or name)], alert_severity = severities[row[2]], alert_type = types[row[3]],
    i18n_title = "flow_details." .. name, i18n_description = describe[name],
  })
end

return flow_consts
