local user_scripts = require "user_scripts"
local flow_consts = require "flow_consts"

local status = flow_consts.status_types.status_blacklisted_country

local script = {
  category = user_scripts.script_categories.security,
  prio = 20,
  default_enabled = false,
  default_value = { items = {} },
  gui = {
    i18n_title = "alerts_dashboard.blacklisted_country",
    i18n_description = "alerts_dashboard.blacklisted_country_descr",
    input_builder = "items_list",
    item_list_type = "country",
    input_title = i18n("blacklisted_country.title"),
    input_description = i18n("blacklisted_country.description"),
  },
  hooks = {},
}

-- The list as a set, made on the first call; a changed configuration starts the script anew.
local unwanted

local function listed(country)
  return country ~= nil and unwanted[country] == true
end

function script.hooks.protocolDetected(now, conf)
  if unwanted == nil then
    unwanted = {}
    for _, country in pairs(conf.items or {}) do unwanted[string.upper(country)] = true end
  end
  local client, server = flow.getClientCountry(), flow.getServerCountry()
  local bad_client, bad_server = listed(client), listed(server)
  if bad_client or bad_server then
    local info = status.create(status.alert_severity, client, server, bad_client, bad_server)
    flow.triggerStatus(info, 60, bad_client and 60 or 10, bad_server and 60 or 10)
  end
end

return script
