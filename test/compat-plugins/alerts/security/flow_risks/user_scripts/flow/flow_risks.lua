local user_scripts = require("user_scripts")
local flow_risk_utils = require("flow_risk_utils")
local plugins_utils = require("plugins_utils")

local handlers
local chosen

local elements, defaults = {}, {}
for name, id in pairsByValues(flow_risk_utils.risks, asc) do
  elements[#elements + 1] = { id, flow_risk_utils.risk_id_2_i18n(id) }
  if id <= 5 or (id >= 11 and id <= 24) then defaults[#defaults + 1] = id end
end

local script = {
  category = user_scripts.script_categories.security,
  prio = -20,
  default_value = { items = defaults },
  hooks = {},
  gui = {
    i18n_title = "flow_callbacks_config.flow_risk",
    i18n_description = "flow_callbacks_config.flow_risk_description",
    input_builder = "multi_select",
    i8n_multiselect_label = "flow_callbacks_config.flow_risk_list",
    groups = { { elements = elements } },
  },
}

function script.setup()
  handlers = plugins_utils.loadModule("flow_risks", "risk_handlers")
  return handlers ~= nil
end

function script.hooks.protocolDetected(now, conf)
  if not flow.hasRisk() then return end
  if chosen == nil then
    chosen = {}
    for _, id in pairs(conf.items or {}) do chosen[tonumber(id)] = true end
  end
  for _, risk_id in pairs(flow.getRiskInfo()) do
    if chosen[risk_id] then (handlers[risk_id] or handlers.default)(risk_id) end
  end
end

return script
