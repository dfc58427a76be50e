local user_scripts = require "user_scripts"
local flow_consts = require "flow_consts"

local status = flow_consts.status_types.status_beaconing

local MAX_PAIRS = 2000
-- Evenness: how far intervals may stray from their mean; what is slower or faster is something else.
local SPREAD, FASTEST, SLOWEST = 0.1, 15, 7200
-- Protocols that are even by nature (nDPI numbers): DNS, NTP, DHCP, ICMP, STUN, SIP, SNMP, MDNS, SSDP.
local EVEN = { [5] = true, [9] = true, [18] = true, [81] = true, [78] = true, [100] = true, [14] = true, [8] = true, [12] = true }

local script = {
  category = user_scripts.script_categories.security,
  default_value = { operator = "gt", threshold = 12 },
  gui = {
    i18n_title = "beaconing.title",
    i18n_description = "beaconing.description",
    i18n_field_unit = "beaconing.input_unit",
    input_builder = "threshold_cross",
    field_min = 6, field_max = 1000, field_operator = "gt",
  },
  hooks = {},
}

local calls, count = {}, 0

function script.hooks.protocolDetected(now, conf)
  if not flow.isLocalToRemote() or not flow.isUnicast() or EVEN[flow.getnDPIMasterProtoId()] then return end
  local info = flow.getInfo()
  -- A server that was called by a name has an owner who can be asked; these are the normal case.
  if info.info ~= nil and string.find(info.info, "%a") then return end
  local at = flow.getFirstSeen() or now
  local key = info["cli.ip"] .. " " .. info["srv.ip"] .. " " .. info["srv.port"]
  local seen = calls[key]
  if not seen then
    if count >= MAX_PAIRS then calls, count = {}, 0 end
    calls[key], count = { last = at, n = 0, sum = 0, squares = 0 }, count + 1
    return
  end
  local gap = at - seen.last
  if gap < FASTEST then return end
  seen.last = at
  local mean = seen.n > 0 and seen.sum / seen.n or gap
  -- Out of step: counting begins anew.
  if gap > SLOWEST or math.abs(gap - mean) > math.max(2, mean * SPREAD * 2) then
    seen.n, seen.sum, seen.squares = 0, 0, 0
    return
  end
  seen.n, seen.sum, seen.squares = seen.n + 1, seen.sum + gap, seen.squares + gap * gap
  local limit = tonumber(conf.threshold) or 12
  if seen.n <= limit or seen.told then return end
  mean = seen.sum / seen.n
  local spread = math.sqrt(math.max(0, seen.squares / seen.n - mean * mean)) / mean
  if spread > SPREAD then return end
  seen.told = true
  flow.triggerStatus(status.create(status.alert_severity, {
    client = info["cli.ip"], server = info["srv.ip"], port = info["srv.port"], value = seen.n, limit = limit,
    interval = round(mean, 0), spread = round(spread * 100, 0),
  }), 90, 90, 20)
end

return script
