local ts_utils = require("ts_utils_core")
local hosts, results = {}, {}
local function check(asked)
  local am_utils = require("plugins_utils").loadModule("active_monitoring", "am_utils")
  hosts, results = {}, {}
  for key, host in pairs(asked) do
    local ip = am_utils.resolveHost(host.host)
    if ip then
      ntop.pingHost(ip, isIPv6(ip), true)
      hosts[ip], results[key] = key, { resolved_addr = ip }
    end
  end
end
local function collect(granularity)
  for _, v6 in ipairs({ false, true }) do
    for ip, value in pairs(ntop.collectPingResults(v6, true) or {}) do
      local one = results[hosts[ip]]
      if one then
        one.value, one.mean, one.jitter = value.response_rate, value.mean, value.jitter
        if value.min_rtt ~= nil and value.max_rtt ~= nil then
          ts_utils.append("am_host:cicmp_stats_" .. granularity, { ifid = getSystemInterfaceId(), host = ip, metric = "cicmp", min_rtt = value.min_rtt, max_rtt = value.max_rtt })
        end
      end
    end
  end
  return results
end
local labels = { i18n("graphs.min_rtt"), i18n("graphs.max_rtt") }
return {
  measurements = { {
    key = "cicmp", i18n_label = "active_monitoring_stats.icmp_continuous", check = check, collect_results = collect, granularities = { "min" },
    i18n_unit = "field_units.percentage", operator = "lt", max_threshold = 100, default_threshold = 99,
    additional_timeseries = { { schema = "am_host:cicmp_stats", label = i18n("flow_details.round_trip_time"), metrics_labels = labels } },
  } },
  setup = function() return ntop.isPingAvailable() end,
}
