-- Texts of alerts for notifications, and small helpers.
local sys = ...
local alert_consts = require("alert_consts")
local json = require("dkjson")
local alert_utils = {}

function alert_utils.formatAlertMessage(_, alert, alert_json)
  if type(alert.text) == "string" then return alert.text end
  local params = alert_json or (type(alert.alert_json) == "string" and json.decode(alert.alert_json)) or alert.alert_json or {}
  if alert.is_flow_alert then
    local info = type(params) == "table" and params.status_info or nil
    if type(info) == "string" then info = json.decode(info) or info end
    return require("flow_consts").getStatusDescription(alert.flow_status, info)
  end
  local definition = alert_consts.alert_types[alert_consts.alertTypeRaw(alert.alert_type) or ""]
  return definition and alert_consts.describe(definition, alert, params) or ""
end

function alert_utils.formatAlertNotification(alert, options)
  options = options or {}
  local parts = {}
  local function add(text) parts[#parts + 1] = "[" .. text .. "]" end
  if not options.nodate then
    local date = formatEpoch(tonumber(alert.alert_tstamp_end or alert.alert_tstamp) or os.time())
    parts[1] = options.no_bracket_around_date and date or "[" .. date .. "]"
  end
  if alert.ifid then add(getInterfaceName(alert.ifid)) end
  if options.show_severity ~= false then
    local severity = alert_consts.alert_severities[alert_consts.alertSeverityRaw(alert.alert_severity) or "error"]
    add((options.emoji and severity.emoji .. " " or "") .. (i18n(severity.i18n_title) or ""))
  end
  if alert.alert_type ~= nil then add(alert_consts.alertTypeLabel(alert.alert_type)) end
  if options.show_entity ~= false and not alert.is_flow_alert then
    add(alert_consts.alertEntityLabel(alert.alert_entity))
    if alert.alert_entity_val ~= nil then add(tostring(alert.alert_entity_val)) end
  end
  if alert.action == "engage" then parts[#parts + 1] = i18n("alerts_dashboard.engaged") end
  if alert.action == "release" then parts[#parts + 1] = i18n("alerts_dashboard.released") end
  local message = alert_utils.formatAlertMessage(alert.ifid, alert) or ""
  if options.nohtml then message = noHtml(message) end
  parts[#parts + 1] = message
  return table.concat(parts, options.add_cr and "\n" or " ")
end

function alert_utils.getActiveDevicesHashKey(ifid) return "ntopng.cache.active_devices.ifid_" .. tostring(ifid) end
function alert_utils.getActiveHostPoolsHashKey(ifid) return "ntopng.cache.active_pools.ifid_" .. tostring(ifid) end
function alert_utils.notification_timestamp_rev(a, b) return (a.alert_tstamp or 0) > (b.alert_tstamp or 0) end
-- Of engaged alerts only; past ones are the appliance's.
function alert_utils.getNumAlerts(_, filter)
  filter = type(filter) == "table" and filter or {}
  return #(sys.alertsof(tonumber(filter.entity), filter.entity_val ~= nil and tostring(filter.entity_val) or nil) or {})
end
function alert_utils.drawAlerts() end
function alert_utils.alertTypeLabel(id) return alert_consts.alertTypeLabel(id) end

-- Pools that gained their first or lost their last active host since the last call.
function alert_utils.check_host_pools_alerts(ifid, connection)
  if not connection then return end
  local alerts_api = require("alerts_api")
  local key = alert_utils.getActiveHostPoolsHashKey(ifid)
  local before, now = {}, {}
  for _, pool in ipairs(ntop.getMembersCache(key) or {}) do before[pool] = true end
  for pool, info in pairs((interface.getHostPoolsInfo() or {}).num_members_per_pool or {}) do
    if (tonumber(info.num_hosts) or 0) > 0 then now[tostring(pool)] = true end
  end
  for pool in pairs(now) do
    if not before[pool] then
      ntop.setMembersCache(key, pool)
      alerts_api.store(alerts_api.hostPoolEntity(pool), alert_consts.alert_types.alert_host_pool_connection.create(alert_consts.alert_severities.notice, pool))
    end
  end
  for pool in pairs(before) do
    if not now[pool] then
      ntop.delMembersCache(key, pool)
      alerts_api.store(alerts_api.hostPoolEntity(pool), alert_consts.alert_types.alert_host_pool_disconnection.create(alert_consts.alert_severities.notice, pool))
    end
  end
end

return alert_utils
