local user_scripts = require "user_scripts"
local flow_consts = require "flow_consts"

local status = flow_consts.status_types.status_rogue_dhcp

local DHCP = 18
local KNOWN, SINCE = "spanwatch.rogue_dhcp.known", "spanwatch.rogue_dhcp.since"
local MAX_KNOWN = 50

local script = {
  category = user_scripts.script_categories.security,
  l7_proto_id = DHCP,
  default_value = { operator = "gt", threshold = 24 },
  gui = {
    i18n_title = "rogue_dhcp.title",
    i18n_description = "rogue_dhcp.description",
    i18n_field_unit = "rogue_dhcp.input_unit",
    input_builder = "threshold_cross",
    field_min = 0, field_max = 720, field_operator = "gt",
  },
  hooks = {},
}

-- Servers by address; loaded when first needed.
local known, names, since

local function load_known(now)
  known, names = {}, {}
  for server in string.gmatch(ntop.getPref(KNOWN) or "", "[^,]+") do
    known[server], names[#names + 1] = true, server
  end
  since = tonumber(ntop.getPref(SINCE))
  if not since then
    since = now
    ntop.setPref(SINCE, tostring(now))
  end
end

function script.hooks.protocolDetected(now, conf)
  local info = flow.getInfo()
  -- The answer comes from port 67; whoever asks does so from 68, and relays ask from 67 to 67.
  local server, side, sent
  if info["cli.port"] == 67 and info["srv.port"] == 68 then
    server, side, sent = info["cli.ip"], "cli", info["cli2srv.packets"]
  elseif info["srv.port"] == 67 and info["cli.port"] == 68 then
    server, side, sent = info["srv.ip"], "srv", info["srv2cli.packets"]
  end
  if not server or sent == 0 or server == "255.255.255.255" then return end
  if not known then load_known(now) end
  if known[server] then return end
  local learning = now - since < (tonumber(conf.threshold) or 24) * 3600 or #names == 0
  local before = table.concat(names, ", ")
  if #names < MAX_KNOWN then
    known[server], names[#names + 1] = true, server
    ntop.setPref(KNOWN, table.concat(names, ","))
  end
  if learning then return end
  local mac = flow.getFullInfo()[side .. ".mac"]
  flow.triggerStatus(status.create(status.alert_severity, { server = server, mac = mac, known = before }), 100, 50, 100)
end
script.hooks.flowEnd = script.hooks.protocolDetected

return script
