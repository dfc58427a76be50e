local user_scripts = require "user_scripts"
local flow_consts = require "flow_consts"

local status = flow_consts.status_types.status_brute_force

-- Protocols that begin with a login (nDPI numbers): FTP, Telnet, RDP, VNC, SSH, SMB. Mail clients poll: they may do so oftener.
local LOGINS = { [1] = 1, [77] = 1, [88] = 1, [89] = 1, [92] = 1, [16] = 1, [41] = 2, [2] = 3, [3] = 3, [4] = 3 }
local WINDOW, MAX_PAIRS = 600, 2000
-- A session of a person lasts longer or moves more.
local SHORT, SMALL = 20, 30000

local script = {
  category = user_scripts.script_categories.security,
  l4_proto = "tcp",
  three_way_handshake_ok = true,
  default_value = { operator = "gt", threshold = 15 },
  gui = {
    i18n_title = "brute_force.title",
    i18n_description = "brute_force.description",
    i18n_field_unit = "brute_force.input_unit",
    input_builder = "threshold_cross",
    field_min = 3, field_max = 10000, field_operator = "gt",
  },
  hooks = {},
}

local pairs_seen, count = {}, 0

function script.hooks.flowEnd(now, conf)
  local factor = LOGINS[flow.getnDPIMasterProtoId()]
  if not factor or flow.getDuration() > SHORT or flow.getBytes() > SMALL then return end
  local info = flow.getInfo()
  local key = info["cli.ip"] .. " " .. info["srv.ip"] .. " " .. info["srv.port"]
  local seen = pairs_seen[key]
  if not seen or now - seen.from > WINDOW then
    if not seen then
      if count >= MAX_PAIRS then pairs_seen, count = {}, 0 end
      count = count + 1
    end
    seen = { from = now, n = 0 }
    pairs_seen[key] = seen
  end
  seen.n = seen.n + 1
  local limit = (tonumber(conf.threshold) or 15) * factor
  if seen.n > limit and not seen.told then
    seen.told = true
    flow.triggerStatus(status.create(status.alert_severity, {
      client = info["cli.ip"], server = info["srv.ip"], protocol = info["proto.ndpi_app"], value = seen.n, limit = limit,
    }), 100, 100, 50)
  end
end

return script
