-- Modules of which a plugin needs only that they can be required and that asking them something does no harm: pages,
-- pools, companions, storage. Every function answers nil unless it is named here.
local sys = ...
local quiet = { __index = function() return function() return nil end end }
local function module(functions) return setmetatable(functions or {}, quiet) end
return {
  auth = module({ has_capability = function() return false end, capabilities = setmetatable({}, { __index = function(_, k) return k end }) }),
  companion_interface_utils = module({ getCurrentCompanionOf = function() return "" end }),
  graph_utils = module(), import_export = module(), page_utils = module({ menu_entries = {}, menu_sections = {} }),
  ui_utils = module(), rest_utils = module({ consts = {}, rc = function(_, data) return require("dkjson").encode({ rsp = data }) end }),
  os_utils = module({ fixPath = function(path) return path end, isWindows = function() return false end }),
  lua_path_utils = module({ package_path_prepend = function() end }),
  http_lint = module({ validateSingleWord = function() return true end, validateUnquoted = function() return true end, validateEmptyOr = function(v) return v end }),
  storage_utils = module({ storageInfo = function() return sys.storage() or { total = 0, pcap_total = 0, interfaces = {}, other = 0, volume_size = 0, volume_dev = "" } end }),
  system_utils = module({ systemHostStats = function() return ntop.systemHostStat() or {} end }),
  active_monitoring_pools = module({ create = function() return module() end }),
  host_pools_utils = module(), host_pools = module({ create = function() return module() end }), recipients = module(),
  json_utils = module(), tag_utils = module(), discovery_utils = module({ devtype2string = function(t) return tostring(t) end }),
  interface_utils = module(), prefs_utils = module(), email_utils = module(), rrd_utils = module(), blog_utils = module(), telemetry_utils = module(),
}
