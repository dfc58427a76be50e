local user_scripts = require "user_scripts"
local flow_consts = require "flow_consts"

local status = flow_consts.status_types.status_smbv1

local SMBV1 = 16
local MAX_TOLD = 500

local script = {
  category = user_scripts.script_categories.security,
  l7_proto_id = SMBV1,
  default_value = { items = {} },
  gui = {
    i18n_title = "smbv1.title",
    i18n_description = "smbv1.description",
    input_builder = "items_list",
    item_list_type = "ip_address",
    input_title = i18n("smbv1.input"),
    input_description = i18n("smbv1.input_description"),
  },
  hooks = {},
}

-- Once a day for a server.
local told, count, day = {}, 0, 0

function script.hooks.protocolDetected(now, conf)
  -- Datagrams to everybody only say that a device is there.
  if not flow.isUnicast() or not flow.isTwhOK() then return end
  local info = flow.getInfo()
  if info["proto.l4"] ~= "TCP" or table.contains(conf.items or {}, info["srv.ip"]) then return end
  local today = now // 86400
  if today ~= day or count >= MAX_TOLD then told, count, day = {}, 0, today end
  if told[info["srv.ip"]] then return end
  told[info["srv.ip"]], count = true, count + 1
  flow.triggerStatus(status.create(status.alert_severity, { client = info["cli.ip"], server = info["srv.ip"] }), 70, 30, 70)
end

return script
