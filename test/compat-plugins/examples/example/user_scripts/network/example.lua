local user_scripts = require("user_scripts")
local alert_consts = require("alert_consts")

-- The definition does not exist: with the manifest enabled this file fails.
local script = {
  category = user_scripts.script_categories.other,
  hooks = {},
  gui = { i18n_title = "example.title", i18n_description = "example.description" },
  alert = alert_consts.alert_types.alert_example.create(alert_consts.alert_severities.info),
}
function script.hooks.min() end
return script
