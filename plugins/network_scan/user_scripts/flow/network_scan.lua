local user_scripts = require "user_scripts"
local flow_consts = require "flow_consts"

local status = flow_consts.status_types.status_network_scan

local WINDOW = 300
local MAX_CLIENTS, MAX_KEYS = 500, 400

local script = {
  category = user_scripts.script_categories.security,
  l4_proto = "tcp",
  default_value = { operator = "gt", threshold = 25 },
  gui = {
    i18n_title = "network_scan.title",
    i18n_description = "network_scan.description",
    i18n_field_unit = "network_scan.input_unit",
    input_builder = "threshold_cross",
    field_min = 5, field_max = 10000, field_operator = "gt",
  },
  hooks = {},
}

-- By client: when its window began, ports tried by server, servers tried by port.
local clients, count = {}, 0

local function book(sets, key, value)
  local set = sets[key]
  if not set then
    if sets.n >= MAX_KEYS then return 0 end
    set = { n = 0 }
    sets[key], sets.n = set, sets.n + 1
  end
  if not set[value] and set.n < MAX_KEYS then
    set[value], set.n = true, set.n + 1
  end
  return set.n
end

function script.hooks.flowEnd(now, conf)
  if flow.isTwhOK() or not flow.isUnicast() then return end
  local info = flow.getInfo()
  -- What a client of ours tries in vain out there is told of only when it is one port of many hosts: peers come and go.
  local inside = info["srv.localhost"]
  local client, limit = info["cli.ip"], tonumber(conf.threshold) or 25
  local seen = clients[client]
  if not seen or now - seen.from > WINDOW then
    if not seen then
      if count >= MAX_CLIENTS then clients, count = {}, 0 end
      count = count + 1
    end
    seen = { from = now, ports = { n = 0 }, hosts = { n = 0 }, told = {} }
    clients[client] = seen
  end
  local server, port = info["srv.ip"], info["srv.port"]
  if inside or not info["cli.localhost"] then
    local n = book(seen.ports, server, port)
    if n > limit and not seen.told[server] then
      seen.told[server] = true
      flow.triggerStatus(status.create(status.alert_severity, { text = "network_scan.why_ports", client = client, server = server, value = n, limit = limit }), 100, 100, 20)
    end
  end
  local n = book(seen.hosts, port, server)
  local most = inside and limit or limit * 4
  if n > most and not seen.told[port] then
    seen.told[port] = true
    flow.triggerStatus(status.create(status.alert_severity, { text = "network_scan.why_hosts", client = client, port = port, value = n, limit = most }), 100, 100, 20)
  end
end

return script
