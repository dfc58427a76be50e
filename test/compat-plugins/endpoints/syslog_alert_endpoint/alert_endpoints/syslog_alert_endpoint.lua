require "lua_utils"
local json = require("dkjson")
local alert_consts = require("alert_consts")
local alert_utils = require("alert_utils")
local format_utils = require("format_utils")
local ecs_format
if ntop.isEnterpriseM() then ecs_format = require("ecs_format") end

local syslog = {
  name = "Syslog",
  conf_params = {
    { param_name = "syslog_alert_format" }, { param_name = "syslog_protocol", optional = true },
    { param_name = "syslog_host", optional = true }, { param_name = "syslog_port", optional = true },
  },
  conf_template = { plugin_key = "syslog_alert_endpoint", template_name = "syslog_endpoint.template" },
  recipient_params = {},
  recipient_template = { plugin_key = "syslog_alert_endpoint", template_name = "syslog_recipient.template" },
}
syslog.EXPORT_FREQUENCY = 1

local function take(recipient, budget, high_priority)
  local notifications = {}
  for _ = 1, budget do
    local text = ntop.recipient_dequeue(recipient.recipient_id, high_priority)
    if not text then break end
    notifications[#notifications + 1] = json.decode(text)
  end
  return notifications
end

function syslog.format_recipient_params() return string.format("(%s)", syslog.name) end

local function send(recipient, alert)
  local conf = recipient.endpoint_conf
  local level = alert_consts.alertLevelToSyslogLevel(alert.alert_severity)
  local text = conf.syslog_alert_format == "json" and json.encode(alert) or alert_utils.formatAlertNotification(alert, { nohtml = true, nodate = true })
  if isEmptyString(conf.syslog_host) then
    ntop.syslog(text, level)
    return true
  end
  local info, host = ntop.getInfo(), ntop.getHostInformation()
  local line = string.format("<%u>1 %s %s %s %u - - %s", 16 * 8 + level, format_utils.formatEpochISO8601(alert.alert_tstamp), host.instance_name, info.product, info.pid, text)
  if conf.syslog_protocol == "tcp" then return ntop.send_tcp_data(conf.syslog_host, tonumber(conf.syslog_port) or 514, line .. "\n", 1) end
  return ntop.send_udp_data(conf.syslog_host, tonumber(conf.syslog_port) or 514, line)
end

function syslog.dequeueRecipientAlerts(recipient, budget, high_priority)
  local taken = take(recipient, budget, high_priority)
  for _, alert in ipairs(taken) do
    if not send(recipient, alert) then return { success = false, error_message = "the line was not sent" } end
  end
  return { success = true, more_available = #taken == budget }
end

function syslog.runTest(recipient)
  local ok = send(recipient, { alert_severity = 3, alert_type = 49, alert_entity = 10, alert_entity_val = "test", alert_tstamp = os.time(), ifid = 0, action = "store" })
  return ok and true or false, ok and i18n("prefs.syslog_sent_successfully") or "not sent"
end

return syslog
