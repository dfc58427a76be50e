local user_scripts = require("user_scripts")
local alert_consts = require("alert_consts")
local alerts_api = require("alerts_api")

local script = {
  category = user_scripts.script_categories.internals,
  hooks = {},
  gui = { i18n_title = "internals.alert_drops", i18n_description = "internals.alert_drops_descr" },
}

local function look_at(ifid, params)
  interface.select(tostring(ifid))
  local lost = interface.checkDroppedAlerts()
  if lost > 0 then
    local entity = alerts_api.interfaceAlertEntity(interface.getId())
    local kind = alert_consts.alert_types.alert_dropped_alerts.create(
      alert_consts.alert_severities.error, alert_consts.alerts_granularities[params.granularity], interface.getId(), lost)
    alerts_api.store(entity, kind)
  end
end

function script.hooks.min(params)
  local ifnames = interface.getIfNames()
  ifnames[getSystemInterfaceId()] = getSystemInterfaceName()
  for ifid in pairs(ifnames) do look_at(ifid, params) end
  interface.select(getSystemInterfaceId())
end

return script
