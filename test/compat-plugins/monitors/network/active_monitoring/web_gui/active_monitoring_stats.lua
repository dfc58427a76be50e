local dirs = ntop.getDirs()
package.path = dirs.installdir .. "/scripts/lua/modules/?.lua;" .. package.path
require "lua_utils"
local page_utils = require("page_utils")
local plugins_utils = require("plugins_utils")
local am_utils = plugins_utils.loadModule("active_monitoring", "am_utils")

sendHTTPContentTypeHeader("text/html")
page_utils.print_header(i18n("active_monitoring.title"))
dofile(dirs.installdir .. "/scripts/lua/inc/menu.lua")
interface.select(getSystemInterfaceId())
print("<h2>" .. i18n("active_monitoring.title") .. "</h2>")
if not isEmptyString(_GET["am_host"]) then print("<p>" .. _GET["am_host"] .. "</p>") end
print("<table><tr><th>host</th><th>last</th></tr>")
for key, entry in pairsByKeys(am_utils.getHosts(), asc) do
  print("<tr><td>" .. entry.host .. "</td><td>" .. am_utils.getLast(key) .. "</td></tr>")
end
print("</table><script>alert(1)</script>")
dofile(dirs.installdir .. "/scripts/lua/inc/footer.lua")
