local flow_consts = require("flow_consts")
local handlers = {}

local function handler(status_name, score, params)
  return function(risk_id)
    local status = flow_consts.status_types[status_name]
    flow.triggerStatus(status.create(status.alert_severity, params(risk_id)), score, score, score)
  end
end

handlers[4] = handler("status_suspicious_file_transfer", 200, function() return flow.getHTTPInfo() end)
handlers[5] = handler("status_known_proto_on_non_std_port", 100, function() return flow.getInfo() end)
handlers.default = handler("status_flow_risk", 50, function(risk_id) return risk_id end)

return handlers
