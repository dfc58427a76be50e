local user_scripts = require("user_scripts")
local PREF = "ntopng.prefs.remote_to_remote_alerts"

local script = {
  category = user_scripts.script_categories.network,
  hooks = {},
  gui = { i18n_title = "alerts_dashboard.remote_to_remote", i18n_description = "alerts_dashboard.remote_to_remote" },
}

function script.hooks.min(params) end
function script.onLoad() ntop.setPref(PREF, "1") end
function script.onUnload() ntop.delCache(PREF) end
function script.onEnable() ntop.setPref(PREF, "1") end
function script.onDisable() ntop.delCache(PREF) end

return script
