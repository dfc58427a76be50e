local user_scripts = require("user_scripts")
local flow_consts = require("flow_consts")
local alert_consts = require("alert_consts")
local json = require("dkjson")
if ntop.isEnterpriseM() then require("ids_utils") end

local script = {
  category = user_scripts.script_categories.other,
  hooks = {},
  gui = { i18n_title = "flow_callbacks_config.ext_alert", i18n_description = "flow_callbacks_config.ext_alert_description" },
}

local function check(now)
  local text = flow.retrieveExternalAlertInfo()
  if not text then return end
  local info = json.decode(text)
  if not info then return end
  local severity = alert_consts.alertSeverityById(info.severity_id) or alert_consts.alert_severities.error
  flow.triggerStatus(flow_consts.status_types.status_external_alert.create(severity, info), 100, 100, 100)
end

script.hooks.periodicUpdate = check
script.hooks.flowEnd = check

return script
