-- Alerts of hosts, interfaces, networks and everything else that is no flow.
local sys = ...
local alert_consts = require("alert_consts")
local user_scripts = require("user_scripts")
local json = require("dkjson")

local alerts_api = {}
local current = {}

local function entity(name)
  return function(value)
    return { alert_entity = alert_consts.alert_entities[name], alert_entity_val = tostring(value) }
  end
end
function alerts_api.hostAlertEntity(ip, vlan) return entity("host")(hostinfo2hostkey({ ip = ip, vlan = vlan }, nil, true)) end
function alerts_api.interfaceAlertEntity(ifid) return entity("interface")(string.format("%d", tonumber(ifid) or -1)) end
alerts_api.networkAlertEntity = entity("network")
alerts_api.macEntity = entity("mac")
alerts_api.userEntity = entity("user")
alerts_api.processEntity = entity("process")
alerts_api.hostPoolEntity = entity("host_pool")
alerts_api.periodicActivityEntity = entity("periodic_activity")
alerts_api.amThresholdCrossEntity = entity("am_host")
alerts_api.categoryListsEntity = entity("category_lists")
alerts_api.influxdbEntity = entity("influx_db")
alerts_api.snmpDeviceEntity = entity("snmp_device")
function alerts_api.snmpInterfaceEntity(ip, index) return entity("snmp_device")(tostring(ip) .. "_ifidx" .. tostring(index)) end
alerts_api.iec104Entity = function() return { alert_entity = alert_consts.alert_entities.flow, alert_entity_val = "flow" } end

-- Runs a hook and remembers whose alerts are being made.
function alerts_api.invokeScriptHook(script, confset_id, fn, a, b, c)
  current.script, current.confset_id = script, confset_id
  return fn(a, b, c)
end

-- Checks entity and type; returns the record all three calls work on, or nil after saying what is wrong.
local function record_of(what, target, info, when, needs_granularity)
  if type(target) ~= "table" or type(target.alert_entity) ~= "table" or target.alert_entity_val == nil then
    error("alerts_api." .. what .. ": the first argument must be an entity, for example from alerts_api.hostAlertEntity()", 3)
  end
  if type(info) ~= "table" or type(info.alert_type) ~= "table" or info.alert_type.id == nil then
    error("alerts_api." .. what .. ": the second argument must be what an alert type's create() returned", 3)
  end
  local granularity = info.alert_granularity
  if needs_granularity and type(granularity) ~= "table" then
    traceError(TRACE_ERROR, TRACE_CONSOLE, "alerts_api." .. what .. ": alert_granularity is missing")
    return nil
  end
  return {
    alert_entity = target.alert_entity.entity_id, alert_entity_val = tostring(target.alert_entity_val), alert_type = info.alert_type.id,
    alert_subtype = info.alert_subtype ~= nil and tostring(info.alert_subtype) or "", alert_tstamp = tonumber(when) or os.time(),
    alert_granularity = type(granularity) == "table" and granularity.granularity_seconds or 0,
    granularity_id = type(granularity) == "table" and granularity.granularity_id or 0,
    alert_severity = type(info.alert_severity) == "table" and info.alert_severity.severity_id or 5,
  }
end

local function confirmed(cur_alerts, record)
  for i, alert in ipairs(cur_alerts) do
    if alert.alert_type == record.alert_type and (alert.alert_subtype or "") == record.alert_subtype and alert.alert_granularity == record.alert_granularity then
      return i, alert
    end
  end
end

local function fill(record, info)
  local params = info.alert_type_params
  if type(params) == "table" then
    params = table.clone(params)
    if current.script then
      params.alert_generation = { script_key = current.script.key, subdir = current.script.subdir, confset_id = current.confset_id }
    end
    record.alert_json = json.encode(params)
    params = json.decode(record.alert_json)
  else
    record.alert_json = params ~= nil and tostring(params) or "{}"
  end
  local title = sys.text(sys.localize(info.alert_type.i18n_title))
  return title, alert_consts.describe(info.alert_type, record, params), params
end

local function script_key() return current.script and current.script.key or "" end

function alerts_api.trigger(target, info, when, cur_alerts)
  local record = record_of("trigger", target, info, when, true)
  if not record then return false end
  if type(cur_alerts) == "table" then
    local index, alert = confirmed(cur_alerts, record)
    if index and alert.alert_severity == record.alert_severity then
      table.remove(cur_alerts, index)
      sys.confirm(record.alert_entity, record.alert_entity_val, record.alert_type, record.alert_subtype, record.granularity_id)
      return true
    end
  end
  if sys.engaged(record.alert_entity, record.alert_entity_val, record.alert_type, record.alert_subtype, record.granularity_id, record.alert_severity) then
    return false
  end
  local title, text, params = fill(record, info)
  return sys.alert("engage", script_key(), record.alert_entity, record.alert_entity_val, record.alert_type, info.alert_type.name, record.alert_subtype,
    record.granularity_id, record.alert_granularity, record.alert_severity, record.alert_tstamp, title, text, params)
end

function alerts_api.release(target, info, when, cur_alerts)
  local record = record_of("release", target, info, when, true)
  if not record then return false end
  if type(cur_alerts) == "table" then
    local index = confirmed(cur_alerts, record)
    if not index then return true end
    table.remove(cur_alerts, index)
  end
  return sys.release(record.alert_entity, record.alert_entity_val, record.alert_type, record.alert_subtype, record.granularity_id, record.alert_tstamp)
end

function alerts_api.store(target, info, when)
  local record = record_of("store", target, info, when, false)
  local title, text, params = fill(record, info)
  return sys.alert("store", script_key(), record.alert_entity, record.alert_entity_val, record.alert_type, info.alert_type.name, record.alert_subtype,
    record.granularity_id, record.alert_granularity, record.alert_severity, record.alert_tstamp, title, text, params)
end

function alerts_api.releaseEntityAlerts(target, alerts)
  for _, alert in ipairs(alerts or sys.alertsof(target.alert_entity.entity_id, target.alert_entity_val) or {}) do
    sys.release(alert.alert_entity, alert.alert_entity_val, alert.alert_type, alert.alert_subtype, alert_consts.granularity2id(alert_consts.sec2granularity(alert.alert_granularity)), os.time())
  end
end

-- Compares a value with the configured threshold and engages or releases. Nothing happens while no threshold is set.
function alerts_api.checkThresholdAlert(params, alert_type, value)
  local script, conf = params.user_script, params.user_script_config or {}
  local threshold = tonumber(conf.threshold)
  if not threshold then return nil end
  local operator = conf.operator or "gt"
  local info = alert_type.create(alert_consts.alert_severities.error, script.key, alert_consts.alerts_granularities[params.granularity], script.key,
    value, operator, threshold)
  local crossed = (user_scripts.operator_functions[operator] or user_scripts.operator_functions.gt)(tonumber(value) or 0, threshold)
  if crossed then return alerts_api.trigger(params.alert_entity, info, nil, params.cur_alerts) end
  return alerts_api.release(params.alert_entity, info, nil, params.cur_alerts)
end

-- Names that the documentation promises.
function alerts_api.threshold_check_function(params)
  local value = params.entity_info and params.entity_info[params.user_script.key]
  return alerts_api.checkThresholdAlert(params, alert_consts.alert_types.alert_threshold_cross, tonumber(value) or 0)
end
function alerts_api.thresholdCrossType(granularity, metric, value, operator, threshold)
  return alert_consts.alert_types.alert_threshold_cross.create(alert_consts.alert_severities.error, metric, alert_consts.alerts_granularities[granularity], metric, value, operator, threshold)
end

function alerts_api.anomaly_check_function(params)
  local script = params.user_script
  local anomalies = type(params.entity_info) == "table" and params.entity_info.anomalies or {}
  local granularity = alert_consts.alerts_granularities[params.granularity]
  local info = script.anomaly_type_builder and script.anomaly_type_builder(alert_consts.alert_severities.error, granularity, script.key)
    or alert_consts.alert_types.alert_misconfigured_app.create(alert_consts.alert_severities.error, granularity, script.key)
  if anomalies[script.key] then return alerts_api.trigger(params.alert_entity, info, nil, params.cur_alerts) end
  return alerts_api.release(params.alert_entity, info, nil, params.cur_alerts)
end

local function delta(object)
  return function(metric, granularity, value, skip_first)
    local id = alert_consts.granularity2id(granularity)
    local key = tostring(metric) .. ":" .. id
    local api = _G[object]
    local before = tonumber(api.getCachedAlertValue(key, id))
    value = tonumber(value) or 0
    api.setCachedAlertValue(key, tostring(value), id)
    if before == nil then return skip_first and 0 or value end
    return value - before
  end
end
alerts_api.interface_delta_val = delta("interface")
alerts_api.host_delta_val = delta("host")
alerts_api.network_delta_val = delta("network")

local function traffic(group)
  return function(info, name)
    local entry = type(info) == "table" and type(info[group]) == "table" and info[group][name]
    return entry and (tonumber(entry["bytes.sent"]) or 0) + (tonumber(entry["bytes.rcvd"]) or 0) or 0
  end
end
alerts_api.application_bytes = traffic("ndpi")
alerts_api.category_bytes = traffic("ndpi_categories")

function alerts_api.remoteToRemoteType(host_info, mac)
  local info = alert_consts.alert_types.alert_remote_to_remote.create()
  info.alert_severity, info.alert_type_params = alert_consts.alert_severities.notice, { host = hostinfo2hostkey(host_info), mac = mac }
  return info
end
function alerts_api.tooManyDropsType(drops, perc, threshold)
  return alert_consts.alert_types.alert_too_many_drops.create(alert_consts.alert_severities.error, alert_consts.alerts_granularities.min, drops, perc, threshold)
end

return alerts_api
