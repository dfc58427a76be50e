local dirs = ntop.getDirs()
package.path = dirs.installdir .. "/scripts/lua/modules/?.lua;" .. package.path
require "lua_utils"
local page_utils = require("page_utils")
local format_utils = require("format_utils")
local plugins_utils = require("plugins_utils")
local redis_api = plugins_utils.loadModule("redis_monitor", "redis_api")

sendHTTPContentTypeHeader("text/html")
page_utils.set_active_menu_entry(page_utils.menu_entries.redis_monitor)
dofile(dirs.installdir .. "/scripts/lua/inc/menu.lua")
local stats = redis_api.getStats()
print("<table class='table'><tr><th>" .. i18n("system_stats.health") .. "</th><td>" .. stats.health .. "</td></tr>")
print("<tr><th>" .. i18n("about.ram_memory") .. "</th><td>" .. format_utils.bytesToSize(stats.memory) .. "</td></tr></table>")
dofile(dirs.installdir .. "/scripts/lua/inc/footer.lua")
