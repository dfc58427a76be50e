require "lua_utils"
local json = require("dkjson")
local alert_consts = require("alert_consts")
local alerts_api = require("alerts_api")

local sqlite = { name = "sqlite", builtin = true, conf_params = {}, recipient_params = {} }
sqlite.EXPORT_FREQUENCY = 3
sqlite.prio = 400

function sqlite.isAvailable() return ntop.getPref("ntopng.prefs.disable_alerts_generation") ~= "1" end
function sqlite.onLoad() end
function sqlite.format_recipient_params() return sqlite.name end

local function store(alert)
  interface.select(tostring(alert.ifid))
  if alert.is_flow_alert then
    return interface.storeFlowAlert(alert)
  elseif alert.action ~= "engage" then
    return interface.storeAlert(alert.alert_tstamp, alert.alert_tstamp_end, alert.alert_granularity, alert.alert_type, alert.alert_subtype,
      alert.alert_severity, alert.alert_entity, alert.alert_entity_val, alert.alert_json)
  end
end

local function core_events()
  for _ = 1, 16 do
    local event = ntop.popInternalAlerts()
    if event == nil then break end
    local kind = alert_consts.alert_types[alert_consts.alertTypeRaw(event.alert_type)]
    alerts_api.store({ alert_entity = alert_consts.alert_entities[alert_consts.alertEntityRaw(event.alert_entity)], alert_entity_val = event.alert_entity_val },
      { alert_type = kind, alert_severity = alert_consts.alert_severities[alert_consts.alertSeverityRaw(event.alert_severity)], alert_type_params = event })
  end
end

function sqlite.dequeueRecipientAlerts(recipient, budget, high_priority)
  core_events()
  local n = 0
  while n < budget do
    local text = ntop.recipient_dequeue(recipient.recipient_id, high_priority)
    if not text then break end
    n = n + 1
    local alert = json.decode(text)
    if alert then store(alert) end
  end
  return { success = true, more_available = n == budget }
end

function sqlite.runTest(recipient) return false, "this is no recipient to test" end

return sqlite
