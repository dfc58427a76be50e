local measurement = { key = "icmp" }
function measurement.check(hosts)
  for _, entry in pairs(hosts) do ntop.pingHost(ntop.resolveHost(entry.host, true) or entry.host, isIPv6(entry.host), false) end
  ntop.msleep(2000)
end
function measurement.collect(hosts)
  local results = ntop.collectPingResults(false, false) or {}
  local out = {}
  for key, entry in pairs(hosts) do out[key] = results[ntop.resolveHost(entry.host, true) or entry.host] or results[entry.host] end
  return out
end
return measurement
