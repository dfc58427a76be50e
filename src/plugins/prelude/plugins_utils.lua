-- What a plugin asks about itself and other plugins.
local sys = ...
local plugins_utils = {}
function plugins_utils.getUrl(script) return "/plugins/" .. tostring(script) end
function plugins_utils.loadModule(plugin, module) return require(tostring(plugin) .. "." .. tostring(module)) end
function plugins_utils.renderTemplate(plugin, file, context) return require("template_utils").gen(tostring(plugin) .. "/" .. tostring(file), context) end
function plugins_utils.getPluginDataDir(plugin, subdir) return "/plugins_data/" .. tostring(plugin) .. (subdir and "/" .. tostring(subdir) or "") end
function plugins_utils.getHttpdocsDir(plugin) return "/plugins0_httpdocs/" .. tostring(plugin) end
function plugins_utils.hasAlerts(ifid, filter)
  if type(filter) == "table" and filter.entity ~= nil then return require("alert_utils").getNumAlerts("engaged", filter) > 0 end
  return #(sys.alertsof(0, tostring(ifid)) or {}) > 0
end
function plugins_utils.timeseriesCreationEnabled() return true end
function plugins_utils.getLoadedPlugins() return sys.plugins() or {} end
function plugins_utils.getLoadedAlertEndpoints() return {} end
function plugins_utils.loadSchemas() end
function plugins_utils.getMenuEntries() return {} end
function plugins_utils.extendLintParams() end
function plugins_utils.getUserScriptPlugin() return nil end
function plugins_utils.getUserScriptSourcePath(path) return path end
return plugins_utils
