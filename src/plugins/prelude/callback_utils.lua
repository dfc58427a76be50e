-- Walks over what the engine knows of the link layer.
local sys = ...
local callback_utils = {}
function callback_utils.foreachDevice(_, callback)
  local slot = 0
  while slot do
    local batch = interface.getBatchedMacsInfo(slot)
    if type(batch) ~= "table" then return true end
    for _, device in ipairs(batch.macs or {}) do
      if ntop.isShutdown() or ntop.isDeadlineApproaching() then return false end
      if callback(device.mac, device) == false then return false end
    end
    slot = batch.nextSlot
  end
  return true
end
local function foreach(list)
  return function(_, callback)
    for key, value in pairs(list() or {}) do if callback(key, value) == false then return false end end
    return true
  end
end
callback_utils.foreachInterface = function(_, _, callback)
  for id, name in pairs(interface.getIfNames() or {}) do if callback(name, { id = id, name = name }) == false then return false end end
  return true
end
callback_utils.foreachLocalHost = foreach(function() return (interface.getHostsInfo() or {}).hosts end)
callback_utils.foreachHost = callback_utils.foreachLocalHost
return callback_utils
