require "lua_utils"
local json = require("dkjson")

local webhook = {
  name = "Webhook",
  conf_params = {
    { param_name = "webhook_url" }, { param_name = "webhook_sharedsecret", optional = true },
    { param_name = "webhook_username", optional = true }, { param_name = "webhook_password", optional = true },
  },
  conf_template = { plugin_key = "webhook_alert_endpoint", template_name = "webhook_endpoint.template" },
  recipient_params = {},
  recipient_template = { plugin_key = "webhook_alert_endpoint", template_name = "webhook_recipient.template" },
}
webhook.EXPORT_FREQUENCY = 60
webhook.API_VERSION = "0.2"

local function take(recipient, budget, high_priority)
  local notifications = {}
  for _ = 1, budget do
    local text = ntop.recipient_dequeue(recipient.recipient_id, high_priority)
    if not text then break end
    notifications[#notifications + 1] = json.decode(text)
  end
  return notifications
end

function webhook.format_recipient_params() return string.format("(%s)", webhook.name) end

local function send(recipient, alerts)
  local conf = recipient.endpoint_conf
  local body = json.encode({ version = webhook.API_VERSION, sharedsecret = conf.webhook_sharedsecret, alerts = alerts })
  for _ = 1, 3 do
    if ntop.postHTTPJsonData(conf.webhook_username or "", conf.webhook_password or "", conf.webhook_url, body, 5) then return true end
    ntop.msleep(1000)
  end
  return false
end

function webhook.dequeueRecipientAlerts(recipient, budget, high_priority)
  local taken = take(recipient, budget, high_priority)
  if #taken == 0 then return { success = true } end
  if not send(recipient, taken) then return { success = false, error_message = i18n("prefs.webhook_send_error") } end
  return { success = true, more_available = #taken == budget }
end

function webhook.runTest(recipient)
  local ok = send(recipient, {})
  return ok, ok and i18n("prefs.webhook_sent_successfully") or i18n("prefs.webhook_send_error")
end

return webhook
