local alerts_api = require("alerts_api")
local alert_consts = require("alert_consts")
local user_scripts = require("user_scripts")

local script = {
  category = user_scripts.script_categories.security,
  hooks = {},
  gui = { i18n_title = "alerts_dashboard.ghost_networks", i18n_description = "alerts_dashboard.ghost_networks_description" },
}

function script.hooks.min(params)
  for domain, info in pairs(params.entity_info.bcast_domains or {}) do
    if info.ghost_network then
      local hits = alerts_api.interface_delta_val(script.key .. "_" .. domain, params.granularity, info.hits, true)
      local kind = alert_consts.alert_types.alert_ghost_network.create(alert_consts.alert_severities.warning,
        alert_consts.alerts_granularities[params.granularity], domain)
      if hits > 0 then
        alerts_api.trigger(params.alert_entity, kind, nil, params.cur_alerts)
      else
        alerts_api.release(params.alert_entity, kind, nil, params.cur_alerts)
      end
    end
  end
end

return script
