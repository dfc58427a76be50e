-- Modules of which a plugin needs only that they can be required and that asking them something does no harm: pages,
-- pools, companions, storage. Every function answers nil unless it is named here.
local sys = ...
local quiet = { __index = function() return function() return nil end end }
local function module(functions) return setmetatable(functions or {}, quiet) end
-- Tables of names: whatever is looked for is there and says its name.
local function entries() return setmetatable({}, { __index = function(_, key) return { key = key, entry = key, section = key } end }) end
-- Pools as objects: this appliance keeps them itself, none is told.
local function pools()
  return module({
    DEFAULT_POOL_ID = 0, get_all_pools = function() return {} end, get_assigned_members = function() return {} end,
    get_all_members = function() return {} end, get_pool = function() return nil end, bind_member = function() return true end,
    get_pool_id = function() return 0 end, get_available_configset_ids = function() return {} end,
  })
end
return {
  auth = module({ has_capability = function() return false end, capabilities = setmetatable({}, { __index = function(_, k) return k end }) }),
  companion_interface_utils = module({ getCurrentCompanionOf = function() return {} end, getCurrentCompanion = function() return "" end, getAvailableCompanions = function() return {} end }),
  graph_utils = module(), import_export = module({ create = function() return module() end }), page_utils = module({ menu_entries = entries(), menu_sections = entries() }),
  ui_utils = module({ format_label_am = function(label) return label end }),
  rest_utils = module({ consts = entries(), rc = function(_, data) return require("dkjson").encode({ rsp = data }) end }),
  os_utils = module({ fixPath = function(path) return path end, isWindows = function() return false end }),
  lua_path_utils = module({
    package_path_prepend = function(path)
      local place = tostring(path) .. "/?.lua"
      if not string.find(";" .. package.path .. ";", ";" .. place .. ";", 1, true) then package.path = place .. ";" .. package.path end
    end,
  }),
  http_lint = module({
    validateSingleWord = function() return true end, validateUnquoted = function() return true end, validateNumber = function(v) return tonumber(v) ~= nil end,
    validateEmptyOr = function(validator) return function(v) return isEmptyString(v) or validator == nil or validator(v) end end,
  }),
  storage_utils = module({ storageInfo = function() return sys.storage() or { total = 0, pcap_total = 0, interfaces = {}, other = 0, volume_size = 0, volume_dev = "" } end }),
  system_utils = module({ systemHostStats = function() return ntop.systemHostStat() or {} end }),
  cpu_utils = module({ systemHostStats = function() return ntop.systemHostStat() or {} end }),
  active_monitoring_pools = module({ create = pools }), host_pools_utils = module(), host_pools = module({ create = pools }), recipients = module(),
  interface_pools = module({ create = pools }), local_network_pools = module({ create = pools }),
  json_utils = module(), tag_utils = module(), discovery_utils = module({ devtype2string = function(t) return tostring(t) end }),
  interface_utils = module(), prefs_utils = module(), email_utils = module(), rrd_utils = module(), blog_utils = module(), telemetry_utils = module(),
  persistence = module(), file_utils = module(), http_utils = module(), network_utils = module(), dscp_consts = module(), mac_utils = module(),
  discover_utils = module({ devtype2string = function(t) return tostring(t) end }),
}
