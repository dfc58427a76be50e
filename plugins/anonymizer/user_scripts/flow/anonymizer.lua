local user_scripts = require "user_scripts"
local flow_consts = require "flow_consts"

local status = flow_consts.status_types.status_anonymizer

-- nDPI's category of VPNs and Tor.
local VPN = 2
local TOR = 163
local MAX_TOLD = 500

local script = {
  category = user_scripts.script_categories.security,
  default_value = { items = {} },
  gui = {
    i18n_title = "anonymizer.title",
    i18n_description = "anonymizer.description",
    input_builder = "items_list",
    item_list_type = "ip_address",
    input_title = i18n("anonymizer.input"),
    input_description = i18n("anonymizer.input_description"),
  },
  hooks = {},
}

-- Once a day for a device and a protocol.
local told, count, day = {}, 0, 0

function script.hooks.protocolDetected(now, conf)
  if flow.getnDPICategoryId() ~= VPN and flow.getnDPIAppProtoId() ~= TOR then return end
  if not flow.isLocalToRemote() then return end
  local info = flow.getInfo()
  local items = conf.items or {}
  if table.contains(items, info["cli.ip"]) or table.contains(items, info["srv.ip"]) then return end
  local today = now // 86400
  if today ~= day or count >= MAX_TOLD then told, count, day = {}, 0, today end
  local protocol = info["proto.ndpi_app"]
  local key = info["cli.ip"] .. protocol
  if told[key] then return end
  told[key], count = true, count + 1
  local score = flow.getnDPIAppProtoId() == TOR and 80 or 50
  flow.triggerStatus(status.create(status.alert_severity, { client = info["cli.ip"], server = info["srv.ip"], protocol = protocol }), score, score, 10)
end

return script
