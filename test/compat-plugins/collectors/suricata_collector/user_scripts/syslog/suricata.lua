local dirs = ntop.getDirs()
package.path = dirs.installdir .. "/scripts/lua/modules/?.lua;" .. package.path
require "lua_utils"
require "flow_utils"
local json = require("dkjson")
local user_scripts = require("user_scripts")
local alert_consts = require("alert_consts")

local script = {
  key = "suricata",
  category = user_scripts.script_categories.security,
  hooks = {},
  gui = { i18n_title = "alerts_dashboard.external_alert", i18n_description = "alerts_dashboard.external_alert" },
}

local events, malformed, handled, others, alerts, hosts = 0, 0, 0, 0, 0, 0

local function base_of(event)
  return {
    src_ip = event.src_ip, src_port = event.src_port, dst_ip = event.dest_ip, dst_port = event.dest_port,
    l4_proto = event.proto, vlan_id = event.vlan and event.vlan[1] or 0, first_switched = os.time(), last_switched = os.time(),
  }
end

local parsers = {}
function parsers.flow(event)
  local flow_info = base_of(event)
  flow_info.in_bytes, flow_info.out_bytes = event.flow.bytes_toserver, event.flow.bytes_toclient
  flow_info.in_pkts, flow_info.out_pkts = event.flow.pkts_toserver, event.flow.pkts_toclient
  return interface.processFlow(flow_info)
end
function parsers.dns(event)
  local flow_info = base_of(event)
  flow_info.dns_query, flow_info.dns_query_type = event.dns.rrname, get_dns_type(event.dns.rrtype)
  return interface.processFlow(flow_info)
end
function parsers.alert(event)
  local flow_info = base_of(event)
  alerts = alerts + 1
  flow_info.external_alert = json.encode({
    source = "suricata", severity_id = ternary(event.alert.severity == 1, 5, 4), alert = event.alert,
  })
  ntop.setCache("ntopng.cache.suricata.last", event.alert.signature or "", 60)
  return interface.processFlow(flow_info)
end

function script.setup()
  ntop.delCache("ntopng.cache.suricata.last")
  return true
end

function script.hooks.handleEvent(syslog_conf, message, host, priority)
  events = events + 1
  local event = json.decode(message)
  if event == nil then
    malformed = malformed + 1
  elseif parsers[event.event_type] then
    parsers[event.event_type](event)
    handled = handled + 1
  else
    others = others + 1
  end
  interface.incSyslogStats(events, malformed, handled, others, alerts, hosts)
end

return script
