local measurement = { key = "http", times = {} }
function measurement.check(hosts)
  for key, entry in pairs(hosts) do
    local answer = ntop.httpGet("http://" .. entry.host, nil, nil, 10, false, nil, false)
    if answer and answer.HTTP_STATS and answer.HTTP_STATS.TOTAL_TIME > 0 then measurement.times[key] = answer.HTTP_STATS.TOTAL_TIME * 1000 end
  end
end
function measurement.collect(hosts) return measurement.times end
return measurement
