-- The tutorial's hook: is the server of this DNS flow on the list? Expects flow.getInfo and flow.triggerStatus.
table.len = function(t)
  local n = 0
  for _ in pairs(t) do n = n + 1 end
  return n
end

return {
  hooks = {
    protocolDetected = function(now, conf)
      if table.len(conf.items) > 0 then
        local ok = 0
        local flow_info = flow.getInfo()
        local server_ip = flow_info["srv.ip"]
        for _, dns_ip in pairs(conf.items) do
          if server_ip == dns_ip then ok = 1 break end
        end
        if ok == 0 then flow.triggerStatus(server_ip, 100, 0, 100) end
      end
    end,
  },
}
