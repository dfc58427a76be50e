local user_scripts = require "user_scripts"
local alerts_api = require "alerts_api"
local alert_consts = require "alert_consts"

local kind = alert_consts.alert_types.alert_device_joined

-- What a person calls a device: its name, its maker, its number.
local function label(device)
  local name = device.name ~= "" and device.name or device.vendor
  return name ~= nil and name ~= "" and name .. " (" .. device.mac .. ")" or device.mac
end

local SINCE = "spanwatch.new_device.since"
-- Two runs: a device whose first word came between them must not be missed.
local RECENT, MAX_TOLD = 150, 2000

local script = {
  category = user_scripts.script_categories.network,
  default_value = { operator = "gt", threshold = 24 },
  gui = {
    i18n_title = "new_device.title",
    i18n_description = "new_device.description",
    i18n_field_unit = "new_device.input_unit",
    input_builder = "threshold_cross",
    field_min = 0, field_max = 720, field_operator = "gt",
  },
  hooks = {},
}

local told, count, since = {}, 0, nil

-- Devices are our own addition to the API.
function script.setup() return spanwatch ~= nil and spanwatch.getDevices ~= nil end

function script.hooks.min(params)
  local now, limit = os.time(), tonumber(params.user_script_config.threshold) or 24
  if not since then
    since = tonumber(ntop.getPref(SINCE))
    if not since then
      since = now - 60
      ntop.setPref(SINCE, tostring(since))
    end
  end
  if now - since < limit * 3600 then return end
  for _, device in ipairs(spanwatch.getDevices() or {}) do
    local fresh = device.first >= now - RECENT and device.first >= since + limit * 3600
    -- A random number is a phone that hides: it would be new every day.
    if fresh and not told[device.mac] and not device.random_mac and not device.router then
      if count >= MAX_TOLD then told, count = {}, 0 end
      told[device.mac], count = true, count + 1
      local address = device.addresses[1] and device.addresses[1].ip or "-"
      alerts_api.store(alerts_api.macEntity(device.mac), kind.create(alert_consts.alert_severities.notice, {
        device = label(device), address = address, learnt = round((device.first - since) / 3600, 1), limit = limit,
      }, nil, device.mac), now)
    end
  end
end

return script
