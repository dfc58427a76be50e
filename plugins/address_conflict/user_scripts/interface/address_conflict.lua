local user_scripts = require "user_scripts"
local alerts_api = require "alerts_api"
local alert_consts = require "alert_consts"

local kind = alert_consts.alert_types.alert_address_conflict

-- What a person calls a device: its name, its maker, its number.
local function label(device)
  local name = device.name ~= "" and device.name or device.vendor
  return name ~= nil and name ~= "" and name .. " (" .. device.mac .. ")" or device.mac
end

local WINDOW, LIMIT, MAX_TOLD, AGAIN = 600, 3, 500, 3600

local script = {
  category = user_scripts.script_categories.security,
  gui = {
    i18n_title = "address_conflict.title",
    i18n_description = "address_conflict.description",
  },
  hooks = {},
}

local told, count = {}, 0

function script.setup() return spanwatch ~= nil and spanwatch.getDevices ~= nil end

function script.hooks.min(params)
  local now = os.time()
  local devices = spanwatch.getDevices() or {}
  local by_mac, hands = {}, {}
  for _, device in ipairs(devices) do
    by_mac[device.mac] = device
    for _, change in ipairs(device.changes or {}) do
      if change.kind == "taken" and now - change.at <= WINDOW then
        local seen = hands[change.ip] or { n = 0 }
        seen.n, seen.device, seen.other = seen.n + 1, device.mac, change.other
        hands[change.ip] = seen
      end
    end
  end
  for ip, seen in pairs(hands) do
    if seen.n >= LIMIT and now - (told[ip] or 0) > AGAIN then
      if count >= MAX_TOLD then told, count = {}, 0 end
      told[ip], count = now, count + 1
      alerts_api.store(alerts_api.macEntity(seen.device), kind.create(alert_consts.alert_severities.error, {
        device = label(by_mac[seen.device]), other = by_mac[seen.other] and label(by_mac[seen.other]) or seen.other, ip = ip,
        value = seen.n, limit = LIMIT,
      }, nil, ip), now)
    end
  end
end

return script
