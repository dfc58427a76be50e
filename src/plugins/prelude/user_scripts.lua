-- Categories, units, kinds and hooks of scripts.
local sys = ...
local user_scripts = { DEFAULT_CONFIGSET_ID = 0 }

user_scripts.field_units = {}
for _, unit in ipairs({ "seconds", "bytes", "flows", "packets", "mbits", "hosts", "syn_sec", "flow_sec", "percentage", "syn_min" }) do
  user_scripts.field_units[unit] = "field_units." .. unit
end

user_scripts.operator_functions = {
  gt = function(a, b) return a > b end,
  lt = function(a, b) return a < b end,
  eq = function(a, b) return a == b end,
}

local icons = { other = "fas fa-scroll", security = "fas fa-shield-alt", internals = "fas fa-wrench", network = "fas fa-network-wired", system = "fas fa-server" }
user_scripts.script_categories = {}
for id, key in ipairs({ "other", "security", "internals", "network", "system" }) do
  user_scripts.script_categories[key] = {
    id = id - 1, key = key, icon = icons[key],
    i18n_title = "user_scripts.category_" .. key, i18n_descr = "user_scripts.category_" .. key .. "_descr",
  }
end

local periodic = { "min", "5mins", "hour", "day" }
local traffic = { parent_dir = "interface", hooks = periodic, subdirs = { "interface", "network" }, has_per_hook_config = true }
user_scripts.script_types = {
  flow = { parent_dir = "interface", hooks = { "protocolDetected", "statusChanged", "flowEnd", "periodicUpdate" }, subdirs = { "flow" }, default_config_only = true },
  traffic_element = traffic, interface = traffic, network = traffic,
  host = { parent_dir = "interface", hooks = periodic, subdirs = { "host" }, has_per_hook_config = true },
  snmp_device = { parent_dir = "system", hooks = { "snmpDevice", "snmpDeviceInterface" }, subdirs = { "snmp_device" } },
  system = { parent_dir = "system", hooks = periodic, subdirs = { "system" }, has_per_hook_config = true, default_config_only = true },
  syslog = { parent_dir = "system", hooks = { "handleEvent" }, subdirs = { "syslog" }, default_config_only = true },
}

function user_scripts.listSubdirs()
  local list = {}
  for _, id in ipairs({ "host", "interface", "network", "snmp_device", "flow", "system", "syslog" }) do
    list[#list + 1] = { id = id, label = i18n("config_scripts.granularities." .. id) or id }
  end
  return list
end
function user_scripts.getScriptType(subdir) return user_scripts.script_types[subdir] end

-- Configuration as the worker holds it.
function user_scripts.getConfigsets() return sys.configsets() or {} end
function user_scripts.getConfigById(configsets, id, subdir)
  local set = (configsets or user_scripts.getConfigsets())[tostring(id)] or {}
  if subdir == nil then return set.config or {}, tonumber(id) or 0 end
  return (set.config or {})[subdir] or {}, tonumber(id) or 0
end
function user_scripts.getDefaultConfig(configsets, subdir) return user_scripts.getConfigById(configsets, 0, subdir) end
function user_scripts.getTargetHookConfig(conf, script, hook)
  local entry = type(conf) == "table" and conf[type(script) == "table" and script.key or script]
  return entry and entry[hook or "all"] or { enabled = false, script_conf = {} }
end
function user_scripts.getScriptConfig(key, subdir)
  return user_scripts.getConfigById(nil, 0, subdir)[key] or {}
end
function user_scripts.isSystemScriptEnabled(key)
  for _, conf in pairs(user_scripts.getScriptConfig(key, "system")) do
    if type(conf) == "table" and conf.enabled then return true end
  end
  return false
end
function user_scripts.getScriptEditorUrl(script) return "/scripts/" .. tostring(script.subdir) .. "/" .. tostring(script.key) end
function user_scripts.getUserScriptEditorUrl(script) return user_scripts.getScriptEditorUrl(script) end
function user_scripts.schedulePeriodicScripts() end
function user_scripts.benchmark_begin() end
function user_scripts.benchmark_end() end
function user_scripts.load() return { modules = {}, hooks = {} } end
function user_scripts.listScripts() return {} end
-- Scripts of the same plugin only: those of others live in machines of their own.
function user_scripts.loadModule(_, _, subdir, key) return sys.script(subdir, key) end
function user_scripts.teardown() end
function user_scripts.findConfigSet(name)
  for id, set in pairs(user_scripts.getConfigsets()) do if type(set) == "table" and set.name == name then return set, tonumber(id) end end
end
function user_scripts.getConfigsetPools() return {} end
function user_scripts.getFactoryConfig() return user_scripts.getConfigById(nil, 0) end
-- What changes the configuration is the owner's, through the page.
for _, name in ipairs({
  "loadDefaultConfig", "createOrReplaceConfigset", "cloneConfigset", "renameConfigset", "deleteConfigset", "resetConfigsets", "updateScriptConfig",
  "toggleScript", "toggleAllScripts", "runPeriodicScripts", "loadUnloadUserScripts", "benchmark_dump", "benchmark_load",
}) do user_scripts[name] = function() return false, "a plugin cannot change the configuration" end end
return user_scripts
