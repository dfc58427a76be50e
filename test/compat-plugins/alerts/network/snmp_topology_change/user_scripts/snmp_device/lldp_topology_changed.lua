local user_scripts = require("user_scripts")
local alert_consts = require("alert_consts")
local alerts_api = require("alerts_api")
local json = require("dkjson")
local snmp_utils

local script = {
  category = user_scripts.script_categories.network,
  hooks = {},
  gui = { i18n_title = "snmp.lldp_topology_changed_title", i18n_description = "snmp.lldp_topology_changed_description" },
}

function script.setup()
  local ok = ntop.isEnterpriseM()
  if ok then snmp_utils = require "snmp_utils" end
  return ok
end

function script.hooks.snmpDevice(device_ip, info, conf)
  local key = "ntopng.prefs.snmp_lldp." .. device_ip
  local before = json.decode(ntop.getPref(key))
  ntop.setPref(key, json.encode(before or {}))
  if before then
    alerts_api.store(info.alert_entity, alert_consts.alert_types.alert_snmp_topology_changed.create(
      alert_consts.alert_severities.warning, "arc_added", info.granularity, "a", device_ip, "b", device_ip))
  end
end

return script
