local dirs = ntop.getDirs()
package.path = dirs.installdir .. "/scripts/lua/modules/?.lua;" .. package.path
if((dirs.scriptdir ~= nil) and (dirs.scriptdir ~= "")) then package.path = dirs.scriptdir .. "/lua/modules/?.lua;" .. package.path end
require "lua_utils"
local page_utils = require("page_utils")
local alert_consts = require("alert_consts")
local plugins_utils = require("plugins_utils")
local graph_utils = require("graph_utils")
local alert_utils = require("alert_utils")
local charts = plugins_utils.timeseriesCreationEnabled()

if not isAllowedSystemInterface() then return end
sendHTTPContentTypeHeader('text/html')
page_utils.set_active_menu_entry(page_utils.menu_entries.redis_monitor)
dofile(dirs.installdir .. "/scripts/lua/inc/menu.lua")
local page = _GET["page"] or "overview"
local url = plugins_utils.getUrl("redis_stats.lua") .. "?ifid=" .. getInterfaceId(ifname)
page_utils.print_navbar("Redis", url, { { active = page == "overview", page_name = "overview", label = "x" } })
if page == "overview" then
  print("<table class='table'><tr><th>" .. i18n("system_stats.health") .. "</th><td><small>" .. i18n("system_stats.redis.short_desc_redis_health") .. "</small></td></tr>")
  print("<tr><th>" .. i18n("about.ram_memory") .. "</th><td>" .. ternary(charts, "<a href='" .. url .. "&page=historical'>chart</a>", "") .. "</td></tr></table>")
elseif page == "historical" then
  local ts_utils = require("ts_utils")
  local timeseries = { { schema = "redis:memory", label = i18n("about.ram_memory") } }
  for _, series in pairsByField(ts_utils.listSeries("redis:hits", { ifid = getSystemInterfaceId() }, 0) or {}, "command", asc) do
    timeseries[#timeseries + 1] = { schema = "redis:hits", label = i18n("system_stats.redis.command_hits", { cmd = string.upper(string.sub(series.command, 5)) }) }
  end
  print("<p>" .. #timeseries .. " series</p>")
  graph_utils.drawGraphs(getSystemInterfaceId(), _GET["ts_schema"] or "redis:memory", { ifid = getSystemInterfaceId() }, _GET["zoom"], url, "", { timeseries = timeseries })
end
dofile(dirs.installdir .. "/scripts/lua/inc/footer.lua")
