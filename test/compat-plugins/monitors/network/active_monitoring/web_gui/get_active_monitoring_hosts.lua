require "lua_utils"
local format_utils = require("format_utils")
local json = require("dkjson")
local am_utils = require("plugins_utils").loadModule("active_monitoring", "am_utils")
sendHTTPContentTypeHeader('application/json')
local rows = {}
for key, host in pairs(am_utils.getHosts()) do
  local last = am_utils.getLastAmUpdate(host.host, host.measurement)
  local ago = last and os.time() - last.when or 0
  rows[#rows + 1] = {
    key = key, measurement = host.measurement, threshold = host.threshold, last_measure = last and last.value or "",
    last_time = last and (ago <= 600 and secondsToTime(ago) .. " " .. i18n("details.ago") or format_utils.formatPastEpochShort(last.when)) or "",
    availability = am_utils.getAvailability(host.host, host.measurement) or "",
  }
end
print(json.encode(rows))
