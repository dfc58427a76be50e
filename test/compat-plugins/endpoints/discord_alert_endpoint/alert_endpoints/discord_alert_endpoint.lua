require "lua_utils"
local json = require("dkjson")
local alert_utils = require("alert_utils")

local discord = {
  name = "Discord",
  conf_params = { { param_name = "discord_url" }, { param_name = "discord_username" } },
  conf_template = { plugin_key = "discord_alert_endpoint", template_name = "discord_endpoint.template" },
  recipient_params = {},
  recipient_template = { plugin_key = "discord_alert_endpoint", template_name = "discord_recipient.template" },
}
discord.EXPORT_FREQUENCY = 5

local function take(recipient, budget, high_priority)
  local notifications = {}
  for _ = 1, budget do
    local text = ntop.recipient_dequeue(recipient.recipient_id, high_priority)
    if not text then break end
    notifications[#notifications + 1] = json.decode(text)
  end
  return notifications
end

function discord.format_recipient_params(recipient_params) return string.format("(%s)", discord.name) end

local function send(url, username, text)
  local answer = ntop.httpPost(url, json.encode({ username = username, content = text }))
  return answer ~= nil and (answer.RESPONSE_CODE == 200 or answer.RESPONSE_CODE == 204)
end

function discord.dequeueRecipientAlerts(recipient, budget, high_priority)
  local notifications = take(recipient, budget, high_priority)
  if #notifications == 0 then return { success = true } end
  local lines = {}
  for _, alert in ipairs(notifications) do
    lines[#lines + 1] = alert_utils.formatAlertNotification(alert, { nohtml = true, show_severity = true })
  end
  if not send(recipient.endpoint_conf.discord_url, recipient.endpoint_conf.discord_username, table.concat(lines, "\n")) then
    return { success = false, error_message = "the Discord server refused the message" }
  end
  return { success = true, more_available = #notifications == budget }
end

function discord.runTest(recipient)
  local ok = send(recipient.endpoint_conf.discord_url, recipient.endpoint_conf.discord_username, "test")
  return ok, ok and "" or "cannot reach Discord"
end

return discord
