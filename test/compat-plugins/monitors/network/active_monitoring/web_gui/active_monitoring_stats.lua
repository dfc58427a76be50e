local dirs = ntop.getDirs()
package.path = dirs.installdir .. "/scripts/lua/modules/?.lua;" .. package.path
package.path = dirs.installdir .. "/scripts/lua/modules/pools/?.lua;" .. package.path
require "lua_utils"
local page_utils = require("page_utils")
local alert_consts = require("alert_consts")
local plugins_utils = require("plugins_utils")
local ui_utils = require("ui_utils")
local template = require("template_utils")
local am_utils = plugins_utils.loadModule("active_monitoring", "am_utils")
local am_pool = require("active_monitoring_pools"):create()
local auth = require "auth"
local user_scripts = require("user_scripts")

if not isAllowedSystemInterface() then return end
sendHTTPContentTypeHeader('text/html')
page_utils.set_system_view(true)
page_utils.set_active_menu_entry(page_utils.menu_entries.active_monitor)
dofile(dirs.installdir .. "/scripts/lua/inc/menu.lua")
page_utils.print_navbar(i18n("graphs.active_monitoring"), plugins_utils.getUrl("active_monitoring_stats.lua") .. "?ifid=" .. getInterfaceId(ifname), {
  { active = true, hidden = not plugins_utils.hasAlerts(getSystemInterfaceId(), { entity = alert_consts.alertEntity("am_host") }) },
})
for key, value in pairs(am_pool:get_all_pools()) do print(value.name) end
local rows, members = {}, am_pool:get_assigned_members()
for key, host in pairsByKeys(am_utils.getHosts(), asc) do
  local last = am_utils.getLastAmUpdate(host.host, host.measurement)
  rows[#rows + 1] = { label = ui_utils.format_label_am(host.label), value = last and last.value or "", alerted = am_utils.hasAlerts(host), pool = members[key] or am_pool.DEFAULT_POOL_ID }
end
print(plugins_utils.renderTemplate("active_monitoring", "stats.template", { am = { rows = rows }, plugins_utils = plugins_utils, generate_select = generate_select }))
print("<script>alert(1)</script>")
dofile(dirs.installdir .. "/scripts/lua/inc/footer.lua")
