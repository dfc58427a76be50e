local user_scripts = require "user_scripts"
local flow_consts = require "flow_consts"

local flow_risk_utils = require "flow_risk_utils"
local status = flow_consts.status_types.status_flow_risk

-- Chosen for silence: what is on by default does not happen in a healthy network.
local DEFAULT = { 1, 2, 3, 20 }

local elements = {}
for id = 1, 24 do elements[id] = { id, flow_risk_utils.risk_id_2_i18n(id) } end

local script = {
  category = user_scripts.script_categories.security,
  only_with_risk = true,
  prio = -20,
  default_value = { items = DEFAULT },
  gui = {
    i18n_title = "flow_callbacks_config.flow_risk",
    i18n_description = "flow_callbacks_config.flow_risk_description",
    input_builder = "multi_select",
    input_title = i18n("flow_callbacks_config.flow_risk_list"),
    input_description = i18n("flow_callbacks_config.flow_risk_list_description"),
    groups = { { elements = elements } },
  },
  hooks = {},
}

-- Chosen risks as a set of numbers: the form stores them as texts.
local chosen

function script.hooks.protocolDetected(now, conf)
  if not flow.hasRisk() then return end
  if chosen == nil then
    chosen = {}
    for _, id in pairs(conf.items or DEFAULT) do chosen[tonumber(id) or 0] = true end
  end
  for _, id in pairs(flow.getRiskInfo()) do
    if chosen[id] then flow.triggerStatus(status.create(status.alert_severity, id), 50, 50, 50) end
  end
end

return script
