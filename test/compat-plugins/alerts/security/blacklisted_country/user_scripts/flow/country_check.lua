local user_scripts = require("user_scripts")
local flow_consts = require("flow_consts")

local script = {
  category = user_scripts.script_categories.security,
  prio = 20,
  default_enabled = false,
  default_value = { items = {} },
  hooks = {},
  gui = {
    i18n_title = "alerts_dashboard.blacklisted_country",
    i18n_description = "alerts_dashboard.blacklisted_country_descr",
    input_builder = "items_list", item_list_type = "country",
  },
}

-- Taken from the configuration once per load.
local wanted

local function listed(country)
  return country ~= nil and wanted[string.upper(country)] == true
end

function script.hooks.protocolDetected(now, conf)
  if wanted == nil then
    wanted = {}
    for _, country in pairs(conf.items or {}) do wanted[string.upper(country)] = true end
  end
  local cli, srv = flow.getClientCountry(), flow.getServerCountry()
  local cli_listed, srv_listed = listed(cli), listed(srv)
  if cli_listed or srv_listed then
    local status = flow_consts.status_types.status_blacklisted_country
    flow.triggerStatus(status.create(status.alert_severity, cli, srv, cli_listed, srv_listed), 60,
      ternary(cli_listed, 60, 10), ternary(srv_listed, 60, 10))
  end
end

return script
