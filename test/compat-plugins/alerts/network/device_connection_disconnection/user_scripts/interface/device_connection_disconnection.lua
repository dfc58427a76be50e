local alerts_api = require("alerts_api")
local alert_consts = require("alert_consts")
local alert_utils = require("alert_utils")
local callback_utils = require("callback_utils")
local user_scripts = require("user_scripts")

local script = {
  category = user_scripts.script_categories.network,
  default_enabled = false,
  hooks = {},
  gui = { i18n_title = "alerts_dashboard.device_connection", i18n_description = "alerts_dashboard.device_disconnection" },
}

local function tell(kind, mac)
  local entity = alerts_api.macEntity(mac)
  alerts_api.store(entity, alert_consts.alert_types[kind].create(alert_consts.alert_severities.warning, getDeviceName(mac)))
end

function script.hooks.min(params)
  local ifid = interface.getId()
  local seen_key = getFirstSeenDevicesHashKey(ifid)
  local seen = ntop.getHashAllCache(seen_key) or {}
  local first_run = table.empty(seen)
  local active_key = alert_utils.getActiveDevicesHashKey(ifid)
  local before = swapKeysValues(ntop.getMembersCache(active_key) or {})
  local ready_key = "ntopng.cache.connection_check.ifid_" .. ifid
  local ready = not isEmptyString(ntop.getCache(ready_key))
  local now = {}
  callback_utils.foreachDevice(getInterfaceName(ifid), function(mac, stats)
    if stats.location ~= "lan" or stats.special_mac then return end
    now[mac] = true
    if not seen[mac] then
      ntop.setHashCache(seen_key, mac, tostring(os.time()))
      if not first_run then tell("alert_new_device", mac) end
    end
    if not before[mac] then
      ntop.setMembersCache(active_key, mac)
      if ready then tell("alert_device_connection", mac) end
    end
  end)
  if ntop.isShutdown() then return end
  for mac in pairs(before) do
    if not now[mac] then
      ntop.delMembersCache(active_key, mac)
      tell("alert_device_disconnection", mac)
    end
  end
  ntop.setCache(ready_key, "1")
end

function script.onDisable()
  ntop.delCache(alert_utils.getActiveDevicesHashKey(interface.getId()))
end

return script
