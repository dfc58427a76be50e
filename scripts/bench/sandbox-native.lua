-- The same hook on a native Lua, flow table built in Lua: the floor.
local calls = tonumber(arg[2])
local n, statuses = 0, 0
local addresses = {}
for i = 0, 249 do addresses[i] = "192.168.1." .. i end
flow = {
  getInfo = function()
    return {
      ["cli.ip"] = "10.0.0.17", ["srv.ip"] = addresses[n % 250], ["cli.port"] = 40000 + n % 1000, ["srv.port"] = 53,
      ["proto.l4"] = "UDP", ["proto.ndpi"] = "DNS", ["bytes"] = n * 100, ["vlan"] = 0, ["seen.first"] = 1700000000,
      ["seen.last"] = 1700000001.5,
    }
  end,
  triggerStatus = function() statuses = statuses + 1 end,
}
local hook = dofile(arg[1]).hooks.protocolDetected
local conf = { items = { "8.8.8.8", "1.1.1.1" } }
for i = 1, 20000 do hook(i, conf) end
local began = os.clock()
for i = 1, calls do
  n = i
  hook(i, conf)
end
print((os.clock() - began) * 1e6 / calls)
