local hosts, results = {}, {}
local function check(asked)
  local am_utils = require("plugins_utils").loadModule("active_monitoring", "am_utils")
  hosts, results = {}, {}
  for key, host in pairs(asked) do
    local ip = am_utils.resolveHost(host.host)
    if ip then
      ntop.pingHost(ip, isIPv6(ip), false)
      hosts[ip], results[key] = key, { resolved_addr = ip }
    end
  end
end
local function collect()
  for ip, value in pairs(ntop.collectPingResults(false) or {}) do
    local key = hosts[ip]
    if results[key] then results[key].value = tonumber(value) end
  end
  return results
end
return {
  measurements = { {
    key = "icmp", i18n_label = "icmp", check = check, collect_results = collect, granularities = { "min", "5mins", "hour" },
    i18n_unit = "active_monitoring_stats.msec", operator = "gt", max_threshold = 10000, i18n_am_ts_metric = "flow_details.round_trip_time",
  } },
  setup = function() return ntop.isPingAvailable() end,
}
