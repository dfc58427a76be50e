local json = require("dkjson")
local alert_utils = require("alert_utils")
local plugins_utils = require("plugins_utils")

local email = {
  name = "email",
  conf_params = {
    { param_name = "smtp_server" }, { param_name = "email_sender" },
    { param_name = "smtp_username", optional = true }, { param_name = "smtp_password", optional = true },
  },
  conf_template = { plugin_key = "email_alert_endpoint", template_name = "email_endpoint.template" },
  recipient_params = { { param_name = "email_recipient" }, { param_name = "cc", optional = true } },
  recipient_template = { plugin_key = "email_alert_endpoint", template_name = "email_recipient.template" },
}
email.EXPORT_FREQUENCY = 60
email.prio = 200
local debug_key = "ntopng.cache.email_alert_endpoint.last"

local function take(recipient, budget, high_priority)
  local notifications = {}
  for _ = 1, budget do
    local text = ntop.recipient_dequeue(recipient.recipient_id, high_priority)
    if not text then break end
    notifications[#notifications + 1] = json.decode(text)
  end
  return notifications
end

function email.format_recipient_params(recipient_params) return string.format("%s (%s)", recipient_params.email_recipient, email.name) end

local function send(recipient, subject, body)
  local conf, to = recipient.endpoint_conf, recipient.recipient_params.email_recipient
  local product = ntop.getInfo(false).product
  local message = table.concat({
    "From: " .. product .. " <" .. conf.email_sender .. ">", "To: " .. to, "Subject: " .. product .. " [" .. ntop.getHostInformation().instance_name .. "] " .. subject,
    "Date: " .. os.date("!%a, %d %b %Y %T %z"), "Content-Type: text/html; charset=UTF-8", "", body,
  }, "\r\n")
  local server = conf.smtp_server
  if not string.find(server, "://") then server = "smtp://" .. server end
  return ntop.sendMail(conf.email_sender, to, message, server, conf.smtp_username, conf.smtp_password)
end

function email.dequeueRecipientAlerts(recipient, budget, high_priority)
  local notifications = take(recipient, budget, high_priority)
  if #notifications == 0 then return { success = true } end
  local lines = {}
  for _, alert in ipairs(notifications) do lines[#lines + 1] = alert_utils.formatAlertNotification(alert, { nohtml = false, add_cr = true }) end
  if not send(recipient, i18n("alert_messages.x_alerts", { num = #notifications }), table.concat(lines, "<br>")) then
    ntop.setCache(debug_key, "failed", 60)
    return { success = false, error_message = "the mail was not taken" }
  end
  if ntop.getCache(debug_key) ~= "" then ntop.delCache(debug_key) end
  return { success = true, more_available = #notifications == budget }
end

function email.runTest(recipient)
  local ok = send(recipient, "test", "test")
  if ok then return true, i18n("prefs.email_sent_successfully") end
  return false, i18n("prefs.email_send_error", { msg = "", url = plugins_utils.getUrl("x.lua") })
end

return email
