require "lua_utils"
local json = require("dkjson")
local alert_utils = require("alert_utils")

local telegram = {
  name = "Telegram",
  conf_params = { { param_name = "telegram_token" } },
  conf_template = { plugin_key = "telegram_alert_endpoint", template_name = "telegram_endpoint.template" },
  recipient_params = { { param_name = "telegram_channel" } },
  recipient_template = { plugin_key = "telegram_alert_endpoint", template_name = "telegram_recipient.template" },
}
telegram.EXPORT_FREQUENCY = 5

local function take(recipient, budget, high_priority)
  local notifications = {}
  for _ = 1, budget do
    local text = ntop.recipient_dequeue(recipient.recipient_id, high_priority)
    if not text then break end
    notifications[#notifications + 1] = json.decode(text)
  end
  return notifications
end

function telegram.format_recipient_params(recipient_params) return string.format("%s (%s)", recipient_params.telegram_channel, telegram.name) end

local function send(recipient, text)
  local url = "https://api.telegram.org/bot" .. recipient.endpoint_conf.telegram_token .. "/sendMessage"
  local answer = ntop.httpPost(url, "chat_id=" .. recipient.recipient_params.telegram_channel .. "&text=" .. text)
  return answer ~= nil and answer.RESPONSE_CODE == 200
end

function telegram.dequeueRecipientAlerts(recipient, budget, high_priority)
  local taken = take(recipient, budget, high_priority)
  for _, alert in ipairs(taken) do
    if not send(recipient, alert_utils.formatAlertNotification(alert, { nohtml = true, emoji = true })) then
      return { success = false, error_message = "the bot could not send" }
    end
  end
  return { success = true, more_available = #taken == budget }
end

function telegram.runTest(recipient)
  local ok = send(recipient, "test")
  return ok, ok and "" or "the bot could not send"
end

return telegram
