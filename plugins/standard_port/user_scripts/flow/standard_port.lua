local user_scripts = require "user_scripts"
local flow_consts = require "flow_consts"

local status = flow_consts.status_types.status_standard_port

-- nDPI numbers: FTP, SMTP, Telnet, RDP, VNC, SSH, SMB, TFTP, SOCKS, and DNS.
local WATCHED = { [1] = true, [3] = true, [77] = true, [88] = true, [89] = true, [92] = true, [16] = true, [41] = true, [96] = true, [172] = true, [5] = true }
local STRANGE = 5
local MAX_TOLD = 500

local script = {
  category = user_scripts.script_categories.security,
  only_with_risk = true,
  prio = -10,
  default_value = { items = {} },
  gui = {
    i18n_title = "standard_port.title",
    i18n_description = "standard_port.description",
    input_builder = "items_list",
    item_list_type = "string",
    input_title = i18n("standard_port.input"),
    input_description = i18n("standard_port.input_description"),
  },
  hooks = {},
}

-- Once a day for both ends and the port.
local told, count, day = {}, 0, 0

function script.hooks.protocolDetected(now, conf)
  if not WATCHED[flow.getnDPIMasterProtoId()] or not flow.hasRisk(STRANGE) then return end
  if flow.isLocal() or not flow.isUnicast() or not flow.isTwhOK() then return end
  local info = flow.getInfo()
  if table.contains(conf.items or {}, tostring(info["srv.port"])) then return end
  local today = now // 86400
  if today ~= day or count >= MAX_TOLD then told, count, day = {}, 0, today end
  local key = info["cli.ip"] .. " " .. info["srv.ip"] .. " " .. info["srv.port"]
  if told[key] then return end
  told[key], count = true, count + 1
  flow.triggerStatus(status.create(status.alert_severity, {
    client = info["cli.ip"], server = info["srv.ip"], port = info["srv.port"], protocol = info["proto.ndpi_app"],
  }), 50, 50, 20)
end

return script
