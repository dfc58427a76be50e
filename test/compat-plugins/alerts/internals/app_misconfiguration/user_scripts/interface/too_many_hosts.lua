local alerts_api = require("alerts_api")
local alert_consts = require("alert_consts")
local user_scripts = require("user_scripts")

return {
  category = user_scripts.script_categories.internals,
  anomaly_type_builder = alert_consts.alert_types.alert_misconfigured_app.create,
  hooks = { min = alerts_api.anomaly_check_function },
  gui = {
    i18n_title = "alerts_dashboard.too_many_hosts",
    i18n_description = "alerts_dashboard.too_many_hosts_description",
  },
}
