local dirs = ntop.getDirs()
package.path = dirs.installdir .. "/scripts/lua/modules/?.lua;" .. package.path
require "lua_utils"
local user_scripts = require("user_scripts")
local alert_consts = require("alert_consts")
local alerts_api = require("alerts_api")
local companion_interface_utils = require("companion_interface_utils")

local levels = { [0] = "emerg", "alert", "crit", "err", "warning", "notice", "info", "debug" }

local script = {
  key = "host_log",
  category = user_scripts.script_categories.security,
  default_value = { operator = "lt", threshold = 4 },
  hooks = {},
  gui = {
    i18n_title = "alerts_dashboard.host_log",
    i18n_description = "alerts_dashboard.host_log",
    input_builder = "threshold_cross", field_operator = "lt", field_min = 0, field_max = 7,
  },
}

function script.hooks.handleEvent(syslog_conf, message, host, priority)
  local level, facility = priority & 7, priority >> 3
  local limit = tonumber(syslog_conf.host_log.all.script_conf.threshold) or 4
  if level > limit or isEmptyString(host) then return end
  local ifid = interface.getId()
  local companion = companion_interface_utils.getCurrentCompanionOf(ifid)
  local severity = ternary(level <= 3, alert_consts.alert_severities.error, alert_consts.alert_severities.warning)
  local kind = alert_consts.alert_types.alert_host_log.create(tostring(level), severity, host, levels[level], facility, message)
  if not isEmptyString(companion) then interface.select(companion) end
  alerts_api.store(alerts_api.hostAlertEntity(host, 0), kind)
  if not isEmptyString(companion) then interface.select(tostring(ifid)) end
end

return script
