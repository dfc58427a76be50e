local flow_consts = require("flow_consts")
local user_scripts = require("user_scripts")
local PREF = "ntopng.prefs.ip_reassignment_alerts"

local script = {
  category = user_scripts.script_categories.network,
  default_enabled = false,
  hooks = {},
  gui = { i18n_title = "alerts_dashboard.mac_ip_association_change", i18n_description = "alerts_dashboard.mac_ip_association_change" },
}

-- The work is the core's; the switch is this script's.
function script.hooks.min(params) end
function script.onLoad(hook, conf) ntop.setPref(PREF, conf.enabled and "1" or "0") end
function script.onUnload() ntop.delCache(PREF) end
function script.onEnable() ntop.setPref(PREF, "1") end
function script.onDisable() ntop.delCache(PREF) end

return script
