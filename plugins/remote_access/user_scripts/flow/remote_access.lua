local user_scripts = require "user_scripts"
local flow_consts = require "flow_consts"

local status = flow_consts.status_types.status_remote_access

-- nDPI numbers. Logins: Telnet, RDP, VNC, SSH, SMBv1, SMB. Steered from outside: TeamViewer, AnyDesk.
local LOGINS = { [77] = true, [88] = true, [89] = true, [92] = true, [16] = true, [41] = true }
local STEERED = { [148] = true, [252] = true }
local MAX_TOLD = 500

local script = {
  category = user_scripts.script_categories.security,
  default_value = { items = {} },
  gui = {
    i18n_title = "remote_access.title",
    i18n_description = "remote_access.description",
    input_builder = "items_list",
    item_list_type = "ip_address",
    input_title = i18n("remote_access.input"),
    input_description = i18n("remote_access.input_description"),
  },
  hooks = {},
}

-- Once a day for both ends and a protocol.
local told, count, day = {}, 0, 0

function script.hooks.protocolDetected(now, conf)
  local master, app = flow.getnDPIMasterProtoId(), flow.getnDPIAppProtoId()
  local text
  if LOGINS[master] and flow.isRemoteToLocal() and flow.isTwhOK() then
    text = "remote_access.why_in"
  elseif (STEERED[app] or STEERED[master]) and flow.isLocalToRemote() then
    text = "remote_access.why_out"
  else
    return
  end
  local info = flow.getInfo()
  local items = conf.items or {}
  if table.contains(items, info["cli.ip"]) or table.contains(items, info["srv.ip"]) then return end
  local today = now // 86400
  if today ~= day or count >= MAX_TOLD then told, count, day = {}, 0, today end
  local key = info["cli.ip"] .. (text == "remote_access.why_in" and info["srv.ip"] or "") .. app
  if told[key] then return end
  told[key], count = true, count + 1
  flow.triggerStatus(status.create(status.alert_severity, {
    text = text, client = info["cli.ip"], server = info["srv.ip"], port = info["srv.port"], protocol = info["proto.ndpi_app"],
  }), 70, 30, 70)
end

return script
