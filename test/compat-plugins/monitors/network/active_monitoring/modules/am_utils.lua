local json = require("dkjson")
local os_utils = require("os_utils")
local rest_utils = require("rest_utils")
local active_monitoring_pools = require("active_monitoring_pools")
local am_utils = {}
local HOSTS = "ntopng.prefs.system_iface." .. getSystemInterfaceId() .. ".active_monitoring"

function am_utils.addHost(host, measurement, granularity, threshold)
  ntop.setHashCache(HOSTS, measurement .. "@" .. host, json.encode({ granularity = granularity, max_rtt = threshold }))
end
function am_utils.deleteHost(host, measurement) ntop.delHashCache(HOSTS, measurement .. "@" .. host) end
function am_utils.hasHost(host, measurement) return ntop.getHashCache(HOSTS, measurement .. "@" .. host) ~= "" end
function am_utils.getHosts(granularity)
  local hosts = {}
  for key, text in pairs(ntop.getHashAllCache(HOSTS) or {}) do
    local conf = json.decode(text)
    local parts = string.split(key, "@")
    if conf and parts and (not granularity or conf.granularity == granularity) then
      hosts[key] = { measurement = parts[1], host = parts[2], max_rtt = tonumber(conf.max_rtt) }
    end
  end
  return hosts
end
function am_utils.setLast(key, ms, when) ntop.setCache("ntopng.cache.am." .. key, ms .. "@" .. when, 3600) end
function am_utils.getLast(key) return ntop.getCache("ntopng.cache.am." .. key) end
return am_utils
