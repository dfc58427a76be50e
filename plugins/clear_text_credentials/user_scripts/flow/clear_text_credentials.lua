local user_scripts = require "user_scripts"
local flow_consts = require "flow_consts"

local status = flow_consts.status_types.status_clear_text_credentials

-- nDPI's risk of that name.
local RISK = 36
local MAX_TOLD = 500

local script = {
  category = user_scripts.script_categories.security,
  only_with_risk = true,
  default_value = { items = {} },
  gui = {
    i18n_title = "clear_text_credentials.title",
    i18n_description = "clear_text_credentials.description",
    input_builder = "items_list",
    item_list_type = "ip_address",
    input_title = i18n("clear_text_credentials.input"),
    input_description = i18n("clear_text_credentials.input_description"),
  },
  hooks = {},
}

-- Told of once a day for a client and a server.
local told, count, day = {}, 0, 0

function script.hooks.protocolDetected(now, conf)
  if not flow.hasRisk(RISK) then return end
  local info = flow.getInfo()
  if table.contains(conf.items or {}, info["srv.ip"]) then return end
  local key = info["cli.ip"] .. " " .. info["srv.ip"]
  local today = now // 86400
  if today ~= day or count >= MAX_TOLD then told, count, day = {}, 0, today end
  if told[key] then return end
  told[key], count = true, count + 1
  -- FTP_CONTROL is FTP to people.
  local protocol = string.match(info["proto.ndpi_app"], "^[^_]+")
  flow.triggerStatus(status.create(status.alert_severity, { client = info["cli.ip"], server = info["srv.ip"], protocol = protocol }), 80, 40, 40)
end
script.hooks.flowEnd = script.hooks.protocolDetected

return script
