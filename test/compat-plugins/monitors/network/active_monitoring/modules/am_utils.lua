local am_utils = {}
local ts_utils = require "ts_utils_core"
local format_utils = require "format_utils"
local json = require("dkjson")
local plugins_utils = require("plugins_utils")
local os_utils = require("os_utils")
local lua_path_utils = require("lua_path_utils")
local alerts_api = require("alerts_api")
local alert_consts = require("alert_consts")

-- A number format over the id of the system interface, which is a text
local HOSTS = string.format("ntopng.prefs.ifid_%d.am_hosts", getSystemInterfaceId())
local function last_key(key) return string.format("ntopng.cache.ifid_%d.am_hosts.last_update." .. key, getSystemInterfaceId()) end
local function hours_key(key) return string.format("ntopng.cache.ifid_%d.am_hosts.hour_stats." .. key, getSystemInterfaceId()) end

local measurements
local function load_measurements()
  if measurements then return end
  measurements = {}
  local folder = plugins_utils.getPluginDataDir("active_monitoring", "measurements")
  lua_path_utils.package_path_prepend(folder)
  for name in pairs(ntop.readdir(folder)) do
    if string.ends(name, ".lua") then
      -- one by its path, the others by their names: both ways are in use
      local probe = name == "http.lua" and dofile(os_utils.fixPath(folder .. "/" .. name)) or require(string.sub(name, 1, -5))
      if probe.setup == nil or probe.setup() ~= false then
        for _, one in pairs(probe.measurements) do measurements[one.key] = one end
      end
    end
  end
end

function am_utils.getMeasurementInfo(name) load_measurements() return measurements[name] end
function am_utils.getMeasurementsInfo() load_measurements() return measurements end
function am_utils.getAmHostKey(host, measurement) return string.format("%s@%s", measurement, host) end
function am_utils.key2host(key)
  local parts = string.split(key, "@")
  return { measurement = parts[1], host = parts[2], label = parts[1] .. "://" .. parts[2] }
end
function am_utils.addHost(host, measurement, threshold, granularity, pool)
  local am_pool = require("active_monitoring_pools"):create()
  local key = am_utils.getAmHostKey(host, measurement)
  ntop.setHashCache(HOSTS, key, json.encode({ threshold = tonumber(threshold) or 500, granularity = granularity or "min" }))
  am_pool:bind_member(key, pool or am_pool.DEFAULT_POOL_ID)
end
function am_utils.deleteHost(host, measurement)
  local am_pool = require("active_monitoring_pools"):create()
  local before = tostring(interface.getId())
  interface.select(getSystemInterfaceId())
  local key = am_utils.getAmHostKey(host, measurement)
  alerts_api.releaseEntityAlerts(alerts_api.amThresholdCrossEntity(key))
  ts_utils.delete("am_host", { ifid = getSystemInterfaceId(), host = host, metric = measurement })
  ntop.delCache(last_key(key))
  ntop.delCache(hours_key(key))
  ntop.delHashCache(HOSTS, key)
  am_pool:bind_member(key, am_pool.DEFAULT_POOL_ID)
  interface.select(before)
end
function am_utils.hasHost(host, measurement) return not isEmptyString(ntop.getHashCache(HOSTS, am_utils.getAmHostKey(host, measurement))) end
function am_utils.getHosts(config_only, granularity)
  local found = {}
  for key, text in pairs(ntop.getHashAllCache(HOSTS) or {}) do
    local host, conf = am_utils.key2host(key), json.decode(text) or {}
    host.threshold, host.granularity = tonumber(conf.threshold) or 500, conf.granularity or "min"
    if (granularity == nil or host.granularity == granularity) and am_utils.getMeasurementInfo(host.measurement) then found[key] = host end
  end
  return found
end
function am_utils.getHostsByMeasurement(hosts)
  local found = {}
  for key, host in pairs(hosts) do
    local info = am_utils.getMeasurementInfo(host.measurement)
    found[host.measurement] = found[host.measurement] or { measurement = info, hosts = {} }
    found[host.measurement].hosts[key] = host
  end
  return found
end

function am_utils.setLastAmUpdate(key, when, value, ip, jitter, mean)
  ntop.setCache(last_key(key), string.format("%u@%.2f@%s@%.2f@%.2f", when, value, ip, jitter or 0, mean or 0))
end
function am_utils.getLastAmUpdate(host, measurement)
  local parts = string.split(ntop.getCache(last_key(am_utils.getAmHostKey(host, measurement))), "@")
  if parts and #parts >= 3 then return { when = tonumber(parts[1]), value = tonumber(parts[2]), ip = parts[3] } end
end
function am_utils.count(key, when, index)
  local text = ntop.getCache(hours_key(key))
  local stats = isEmptyString(text) and {} or json.decode(text) or {}
  stats.hours = stats.hours or {}
  for i = 1, 24 do stats.hours[i] = stats.hours[i] or { 0, 0, 0 } end
  local hour = os.date("*t", when).hour + 1
  if os.date("*t", stats.when or 0).hour + 1 ~= hour then stats.hours[hour] = { 0, 0, 0 } end
  stats.hours[hour][index] = stats.hours[hour][index] + 1
  stats.when = when
  ntop.setCache(hours_key(key), json.encode(stats))
end
function am_utils.getAvailability(host, measurement)
  local text = ntop.getCache(hours_key(am_utils.getAmHostKey(host, measurement)))
  if isEmptyString(text) then return nil end
  local good, all = 0, 0
  for _, hour in ipairs(json.decode(text).hours) do good, all = good + hour[1], all + hour[1] + hour[2] + hour[3] end
  return all > 0 and good * 100 / all or nil
end

local function kind_of(value, threshold, ip, granularity, key)
  local host = am_utils.key2host(key)
  local info = am_utils.getMeasurementInfo(host.measurement)
  return alert_consts.alert_types.alert_am_threshold_cross.create(alert_consts.alert_severities.warning,
    alert_consts.alerts_granularities[granularity], value, threshold, ip, host, info.operator, info.i18n_unit)
end
function am_utils.triggerAlert(ip, key, value, threshold, granularity)
  local kind = kind_of(value, threshold, ip, granularity, key)
  if value == 0 and am_utils.getMeasurementInfo(am_utils.key2host(key).measurement).unreachable_alert_i18n then
    kind.alert_type_params.alt_i18n = am_utils.getMeasurementInfo(am_utils.key2host(key).measurement).unreachable_alert_i18n
  end
  return alerts_api.trigger(alerts_api.amThresholdCrossEntity(key), kind)
end
function am_utils.releaseAlert(ip, key, value, threshold, granularity)
  return alerts_api.release(alerts_api.amThresholdCrossEntity(key), kind_of(value, threshold, ip, granularity, key))
end
function am_utils.hasAlerts(host)
  local entity = alerts_api.amThresholdCrossEntity(am_utils.getAmHostKey(host.host, host.measurement))
  local before = interface.getId()
  interface.select(getSystemInterfaceId())
  local n = require("alert_utils").getNumAlerts("engaged", { entity = entity.alert_entity.entity_id, entity_val = entity.alert_entity_val })
  interface.select(tostring(before))
  return n > 0
end
function am_utils.hasExceededThreshold(threshold, operator, value)
  return threshold ~= nil and (operator == "lt" and value < threshold or operator ~= "lt" and value > threshold)
end
function am_utils.resolveHost(name)
  if isIPv4(name) or isIPv6(name) then return name end
  return ntop.resolveHost(name, true) or ntop.resolveHost(name, false)
end
return am_utils
