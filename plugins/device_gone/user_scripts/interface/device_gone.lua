local user_scripts = require "user_scripts"
local alerts_api = require "alerts_api"
local alert_consts = require "alert_consts"

local kind = alert_consts.alert_types.alert_device_gone

-- What a person calls a device: its name, its maker, its number.
local function label(device)
  local name = device.name ~= "" and device.name or device.vendor
  return name ~= nil and name ~= "" and name .. " (" .. device.mac .. ")" or device.mac
end

local LIMIT = 15

local script = {
  category = user_scripts.script_categories.network,
  default_value = { items = {} },
  gui = {
    i18n_title = "device_gone.title",
    i18n_description = "device_gone.description",
    input_builder = "items_list",
    item_list_type = "mac_address",
    input_title = i18n("device_gone.input"),
    input_description = i18n("device_gone.input_description"),
  },
  hooks = {},
}

function script.setup() return spanwatch ~= nil and spanwatch.getDevices ~= nil end

function script.hooks.min(params)
  local items = params.user_script_config.items or {}
  if table.len(items) == 0 then return end
  local wanted = {}
  for _, mac in pairs(items) do wanted[string.lower(mac)] = true end
  local now = os.time()
  for _, device in ipairs(spanwatch.getDevices() or {}) do
    if wanted[device.mac] then
      local silent = (now - device.last) // 60
      local info = kind.create(alert_consts.alert_severities.error, {
        device = label(device), value = silent, limit = LIMIT, address = device.addresses[1] and device.addresses[1].ip or "-",
      }, alert_consts.alerts_granularities.min, device.mac)
      if silent >= LIMIT then
        alerts_api.trigger(alerts_api.macEntity(device.mac), info, now)
      else
        alerts_api.release(alerts_api.macEntity(device.mac), info, now)
      end
    end
  end
end

return script
