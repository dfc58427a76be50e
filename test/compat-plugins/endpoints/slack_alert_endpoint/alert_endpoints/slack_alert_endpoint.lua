require "lua_utils"
local json = require("dkjson")
local alert_utils = require("alert_utils")
local alert_consts = require("alert_consts")

local slack = {
  name = "Slack",
  conf_params = { { param_name = "slack_webhook" }, { param_name = "slack_sender_username" } },
  conf_template = { plugin_key = "slack_alert_endpoint", template_name = "slack_endpoint.template" },
  recipient_params = { { param_name = "slack_channel" } },
  recipient_template = { plugin_key = "slack_alert_endpoint", template_name = "slack_recipient.template" },
}
slack.EXPORT_FREQUENCY = 5

local function take(recipient, budget, high_priority)
  local notifications = {}
  for _ = 1, budget do
    local text = ntop.recipient_dequeue(recipient.recipient_id, high_priority)
    if not text then break end
    notifications[#notifications + 1] = json.decode(text)
  end
  return notifications
end

function slack.format_recipient_params(recipient_params) return string.format("%s (%s)", recipient_params.slack_channel, slack.name) end

local function send(recipient, text)
  local conf = recipient.endpoint_conf
  local body = { channel = recipient.recipient_params.slack_channel, username = conf.slack_sender_username, text = text }
  return ntop.postHTTPJsonData("", "", conf.slack_webhook, json.encode(body), 5)
end

function slack.dequeueRecipientAlerts(recipient, budget, high_priority)
  local by_severity, taken = {}, take(recipient, budget, high_priority)
  for _, alert in ipairs(taken) do
    local severity = alert_consts.alertSeverityRaw(alert.alert_severity)
    by_severity[severity] = by_severity[severity] or {}
    table.insert(by_severity[severity], alert_utils.formatAlertNotification(alert, { nohtml = true, emoji = true }))
  end
  for _, lines in pairs(by_severity) do
    if not send(recipient, table.concat(lines, "\n")) then return { success = false, error_message = i18n("prefs.slack_send_error") } end
  end
  return { success = true, more_available = #taken == budget }
end

function slack.runTest(recipient)
  local ok = send(recipient, "test")
  return ok, ok and i18n("prefs.slack_sent_successfully", { channel = recipient.recipient_params.slack_channel }) or i18n("prefs.slack_send_error")
end

return slack
