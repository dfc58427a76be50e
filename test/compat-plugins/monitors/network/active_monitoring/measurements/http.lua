local ts_utils = require("ts_utils_core")
local results = {}
local function check(hosts, granularity)
  results = {}
  for key, host in pairs(hosts) do
    local answer = ntop.httpGet(string.format("%s://%s", host.measurement, host.host), nil, nil, 10, false, nil, false)
    if answer and answer.HTTP_STATS and answer.HTTP_STATS.TOTAL_TIME > 0 then
      local total, lookup = answer.HTTP_STATS.TOTAL_TIME * 1000, (answer.HTTP_STATS.NAMELOOKUP_TIME or 0) * 1000
      results[key] = { resolved_addr = answer.RESOLVED_IP, value = total }
      -- `when` is no variable here, as in 4.2
      ts_utils.append("am_host:http_stats_" .. granularity,
        { ifid = getSystemInterfaceId(), host = host.host, metric = host.measurement, lookup_ms = lookup, other_ms = total - lookup }, when)
    end
  end
end
return { measurements = { {
  key = "http", i18n_label = "http", check = check, collect_results = function() return results end, granularities = { "min", "5mins", "hour" },
  i18n_unit = "active_monitoring_stats.msec", operator = "gt",
  additional_timeseries = { { schema = "am_host:http_stats", label = i18n("graphs.http_stats"), metrics_labels = { i18n("graphs.name_lookup"), i18n("other") } } },
} } }
