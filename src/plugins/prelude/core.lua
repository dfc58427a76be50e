-- The ground every plugin's VM stands on: globals that ntopng 4.2 offers without require, the module loader, and the
-- functions through which the worker loads and runs scripts. Receives nothing; takes the private host functions from
-- the global __sys and removes it. Returns the table the worker works with.
local sys = __sys
__sys = nil

local load, pcall, type, tostring, tonumber, pairs, ipairs = load, pcall, type, tostring, tonumber, pairs, ipairs
local setmetatable, error, select, next, rawget = setmetatable, error, select, next, rawget
local sformat, ssub, sfind, sgsub, sgmatch = string.format, string.sub, string.find, string.gsub, string.gmatch
local concat, sort, unpack = table.concat, table.sort, table.unpack
local floor = math.floor
local G = _G

-- Output and files ------------------------------------------------------------------------------------------------------

-- Files do not exist here. What a script appends to a file goes to the log, as its console output does.
local write = io.write
local sink = {}
sink.__index = sink
function sink:write(...) write(...) return self end
function sink:read() return nil end
function sink:lines() return function() return nil end end
function sink:seek() return 0 end
function sink:setvbuf() return true end
function sink:flush() return self end
function sink:close() return true end
io.open = function(name, mode)
  if type(mode) == "string" and sfind(mode, "[wa]") then return setmetatable({}, sink) end
  return nil, tostring(name) .. ": no such file or directory", 2
end
io.read = function() return nil end
io.lines = function() error("io.lines: there are no files in the sandbox", 2) end
io.close = function() return true end
io.popen = function() return nil, "io.popen: not permitted in the sandbox" end
os.remove = function(name) return nil, tostring(name) .. ": not permitted in the sandbox", 1 end
os.rename = os.remove
os.tmpname = function() return "/tmp/none" end
os.execute = function() return nil, "exit", 1 end
os.exit = function() error("os.exit: a plugin cannot end the service", 2) end
os.setlocale = function() return "C" end

if type(debug) ~= "table" then debug = {} end
if type(debug.traceback) ~= "function" then
  debug.traceback = function(message) return message == nil and "" or message end
end

-- Modules ------------------------------------------------------------------------------------------------------------

local loaded = { _G = G, string = string, table = table, math = math, coroutine = coroutine, utf8 = utf8, io = io, os = os, debug = debug }
package = { loaded = loaded, preload = {}, path = "", cpath = "", config = "/\n;\n?\n!\n-\n", searchpath = function() return nil, "" end }

-- What a script writes stays its own; what it reads and has not written is ours. The names that hooks use most are put
-- in at once: a hit there costs half of one through the metatable.
local common = { "flow", "host", "interface", "network", "ntop", "table", "string", "math", "pairs", "ipairs", "type", "tostring", "tonumber" }
local shared = { __index = G }
local function environment()
  local env = {}
  for i = 1, #common do env[common[i]] = G[common[i]] end
  return setmetatable(env, shared)
end

-- A module of ours gets the private host functions, one of the plugin gets its own name, as Lua has it.
function require(name)
  if type(name) ~= "string" then error("bad argument #1 to 'require' (string expected, got " .. type(name) .. ")", 2) end
  local value = loaded[name]
  if value ~= nil then return value end
  local preload = package.preload[name]
  if preload == nil then
    local source, chunk, core, alias = sys.source(name, package.path)
    if source == nil then
      if alias then
        value = require(alias)
        loaded[name] = value
        return value
      end
      error("module '" .. name .. "' not found", 2)
    end
    local fn, message = load(source, "@" .. chunk, "t", core and G or environment())
    if not fn then error(message, 0) end
    preload = core and function() return fn(sys) end or fn
  end
  value = preload(name)
  if value == nil then value = loaded[name] end
  if value == nil then value = true end
  loaded[name] = value
  return value
end

-- The only files there are: those of plugins, by the paths that plugins_utils gives.
local function compile(path)
  local source, chunk = sys.file(path)
  if source == nil then return nil, path .. ": no file of a plugin" end
  return load(source, "@" .. chunk, "t", environment())
end
-- Pages of 4.2 draw the frame around themselves with it; the frame here is the admin page's.
function dofile(path)
  path = tostring(path)
  if sfind(path, "/lua/inc/[%w_]+%.lua$") then return nil end
  local fn, message = compile(path)
  if not fn then error("dofile: " .. message, 2) end
  return fn()
end
function loadfile(path) return compile(tostring(path)) end

-- Texts --------------------------------------------------------------------------------------------------------------

-- A value as a text shows it: 75, not 75.0.
local function shown(value)
  if type(value) == "number" and value % 1 == 0 and value > -1e15 and value < 1e15 then return sformat("%d", value) end
  return tostring(value)
end

-- Looks a key up and fills its placeholders: %{name}, %<name>.d, %% and what string.format knows of the list part.
function i18n(key, data)
  if type(key) ~= "string" or key == "" then error("i18n: a key is needed, got " .. (key == "" and "an empty one" or type(key)), 2) end
  local value = sys.i18n(key, type(data) == "table" and type(data.locale) == "string" and data.locale or nil)
  if value == nil then
    if type(data) == "table" and data.default ~= nil then return data.default end
    return sys.drawing and sys.drawing(key) or nil
  end
  if type(value) == "table" then
    if type(data) == "table" and data.count ~= nil then
      value = data.count == 1 and value.one or value.other
    end
    if type(value) ~= "string" then return value end
  end
  if not sfind(value, "%", 1, true) then return value end
  local vars = type(data) == "table" and data or {}
  value = sgsub(value, "(.?)%%{%s*(.-)%s*}", function(before, name)
    if before == "%" then return nil end
    return before .. sgsub(shown(vars[name]), "%%", "%%%%")
  end)
  value = sgsub(value, "(.?)%%<%s*(.-)%s*>%.([cdEefgGiouXxsq])", function(before, name, kind)
    if before == "%" then return nil end
    local ok, text = pcall(sformat, "%" .. kind, vars[name])
    return before .. (ok and sgsub(text, "%%", "%%%%") or tostring(vars[name]))
  end)
  local ok, text = pcall(sformat, value, unpack(vars, 1, 20))
  if ok then return text end
  return (sgsub(value, "%%%%", "%%"))
end

local function localize(text)
  if type(text) ~= "string" or text == "" then return text end
  local found = i18n(text)
  return type(found) == "string" and found or text
end

-- Small globals of lua_utils and its relatives --------------------------------------------------------------------------

TRACE_ERROR, TRACE_WARNING, TRACE_NORMAL, TRACE_INFO, TRACE_DEBUG = 0, 1, 2, 3, 4
TRACE_CONSOLE, TRACE_WEB = 0, 1

function traceError(level, _, message) sys.trace(tonumber(level) or TRACE_NORMAL, tostring(message)) end

function isEmptyString(s) return s == nil or s == "" end
function ternary(condition, a, b) if condition then return a end return b end

function table.len(t)
  if type(t) ~= "table" then return 0 end
  local n = 0
  for _ in pairs(t) do n = n + 1 end
  return n
end
function table.empty(t) return t == nil or next(t) == nil end
function table.merge(a, b)
  local r = {}
  if type(a) == "table" and type(b) == "table" and a[1] ~= nil and b[1] ~= nil then
    for _, v in ipairs(a) do r[#r + 1] = v end
    for _, v in ipairs(b) do r[#r + 1] = v end
    return r
  end
  for k, v in pairs(a or {}) do r[k] = v end
  for k, v in pairs(b or {}) do r[k] = v end
  return r
end
function table.clone(t)
  if type(t) ~= "table" then return t end
  local r = {}
  for k, v in pairs(t) do r[table.clone(k)] = table.clone(v) end
  return setmetatable(r, getmetatable(t))
end
function table.compare(a, b)
  if type(a) ~= type(b) then return false end
  if type(a) ~= "table" then return a == b end
  for k, v in pairs(a) do if not table.compare(v, b[k]) then return false end end
  for k in pairs(b) do if a[k] == nil then return false end end
  return true
end
function table.has_key(t, key) return type(t) == "table" and t[key] ~= nil end
function table.contains(t, wanted, same)
  for _, v in pairs(t or {}) do
    if same then
      if same(v, wanted) then return true end
    elseif v == wanted then
      return true
    end
  end
  return false
end
function table.slice(t, first, last, step)
  local r = {}
  for i = first or 1, last or #t, step or 1 do r[#r + 1] = t[i] end
  return r
end
function table.tconcat(t, kv_sep, group_sep, last_sep, quote)
  local q, groups = quote or "", {}
  for k, v in pairs(t) do groups[#groups + 1] = tostring(k) .. kv_sep .. q .. tostring(v) .. q end
  return concat(groups, group_sep) .. (last_sep or "")
end
function table.insertIfNotPresent(t, value, same)
  if not table.contains(t, value, same) then t[#t + 1] = value end
end

function string.starts(s, prefix) return type(s) == "string" and type(prefix) == "string" and ssub(s, 1, #prefix) == prefix end
function string.ends(s, suffix)
  return type(s) == "string" and type(suffix) == "string" and (suffix == "" or ssub(s, -#suffix) == suffix)
end
function string.contains(s, pattern, plain)
  return type(s) == "string" and type(pattern) == "string" and sfind(s, pattern, 1, plain) ~= nil
end

local function cut(s, separator)
  local r, from = {}, 1
  local first, last = sfind(s, separator, from)
  while first do
    if last < first then break end
    r[#r + 1] = ssub(s, from, first - 1)
    from = last + 1
    first, last = sfind(s, separator, from)
  end
  return r, ssub(s, from)
end
-- nil when the separator does not occur.
function string.split(s, separator)
  if type(s) ~= "string" then return nil end
  local r, rest = cut(s, separator)
  if #r == 0 then return nil end
  if rest ~= "" then r[#r + 1] = rest end
  return r
end
function split(s, delimiter)
  local r, rest = cut(tostring(s), delimiter)
  r[#r + 1] = rest
  result = r
  return r
end
function trimString(s) return (sgsub(s, "^%s*(.-)%s*$", "%1")) end

local function iterate(t, keys, less)
  sort(keys, less)
  local i = 0
  return function()
    i = i + 1
    if keys[i] ~= nil then return keys[i], t[keys[i]] end
  end
end
local function keysOf(t)
  local keys = {}
  for k in pairs(t or {}) do keys[#keys + 1] = k end
  return keys
end
local function natural(a, b)
  if type(a) == type(b) and (type(a) == "number" or type(a) == "string") then return a < b end
  return tostring(a) < tostring(b)
end
function pairsByKeys(t, less) return iterate(t, keysOf(t), less or natural) end
function pairsByValues(t, less)
  less = less or natural
  return iterate(t, keysOf(t), function(a, b) return less(t[a], t[b]) end)
end
function pairsByField(t, field, less)
  less = less or natural
  return iterate(t, keysOf(t), function(a, b) return less(t[a][field], t[b][field]) end)
end
function asc(a, b) return natural(a, b) end
function rev(a, b) return natural(b, a) end
function asc_insensitive(a, b) return natural(string.lower(tostring(a)), string.lower(tostring(b))) end
function rev_insensitive(a, b) return asc_insensitive(b, a) end

function tprint(value)
  local function dump(v, indent, depth)
    if type(v) ~= "table" or depth > 8 then return tostring(v) end
    local lines = {}
    for k, x in pairsByKeys(v) do lines[#lines + 1] = indent .. tostring(k) .. ": " .. dump(x, indent .. "  ", depth + 1) end
    return "table\n" .. concat(lines, "\n")
  end
  write(dump(value, "  ", 0) .. "\n")
end

function swapKeysValues(t)
  local r = {}
  for k, v in pairs(t or {}) do r[v] = k end
  return r
end
function round(number, decimals)
  local factor = 10 ^ (decimals or 0)
  local value = floor((tonumber(number) or 0) * factor + 0.5) / factor
  return (decimals or 0) == 0 and floor(value) or value
end
function firstToUpper(s) return (sgsub(tostring(s), "^%l", string.upper)) end
function noHtml(s) return s == nil and nil or (sgsub(sgsub(tostring(s), "<.->", ""), "^%s*(.-)%s*$", "%1")) end
function escapeHTML(s) return (sgsub(tostring(s), "[&<>\"']", { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;", ["'"] = "&#39;" })) end
function secondsToTime(seconds)
  seconds = floor(tonumber(seconds) or 0)
  if seconds < 1 then return "< 1 sec" end
  local days, hours, mins, parts = seconds // 86400, (seconds % 86400) // 3600, (seconds % 3600) // 60, {}
  if days > 0 then parts[#parts + 1] = days .. (days == 1 and " day" or " days") end
  if hours > 0 then parts[#parts + 1] = hours .. " h" end
  if mins > 0 then parts[#parts + 1] = mins .. " min" end
  if seconds % 60 > 0 then parts[#parts + 1] = seconds % 60 .. " sec" end
  return concat(parts, ", ")
end
function formatValue(amount)
  local text, n = tostring(floor(tonumber(amount) or 0)), 1
  while n > 0 do text, n = sgsub(text, "^(-?%d+)(%d%d%d)", "%1,%2") end
  return text
end
function bytesToSize(bytes)
  bytes = tonumber(bytes) or 0
  local units, i = { "Bytes", "KB", "MB", "GB", "TB", "PB" }, 1
  while bytes >= 1024 and i < #units do bytes, i = bytes / 1024, i + 1 end
  return (i == 1 and tostring(floor(bytes)) or sformat("%.2f", bytes)) .. " " .. units[i]
end
function bitsToSize(bits)
  bits = tonumber(bits) or 0
  local units, i = { "bit/s", "kbit/s", "Mbit/s", "Gbit/s", "Tbit/s" }, 1
  while bits >= 1000 and i < #units do bits, i = bits / 1000, i + 1 end
  return sformat(i == 1 and "%d" or "%.2f", i == 1 and floor(bits) or bits) .. " " .. units[i]
end
function maxRateToString(kbps) return bitsToSize((tonumber(kbps) or 0) * 1000) end
function formatEpoch(epoch) return os.date("%d/%m/%Y %H:%M:%S", epoch) end
function toboolean(s) if s == "true" or s == true or s == "1" then return true elseif s == "false" or s == false or s == "0" then return false end end

function isIPv4(ip) return sys.isip(ip) == 4 end
function isIPv6(ip) return sys.isip(ip) == 6 end
function isMacAddress(s) return type(s) == "string" and sfind(s, "^%x%x[:-]%x%x[:-]%x%x[:-]%x%x[:-]%x%x[:-]%x%x$") ~= nil end
function areAlertsEnabled() return true end
function isAdministrator() return true end
function haveAdminPrivileges() return true end
function isLocalPacketdumpEnabled() return false end
function setupLuaLocale() return "en" end
-- A page VM has these; a background VM has empty ones.
_GET, _POST, _SERVER, _SESSION, _COOKIE = {}, {}, {}, {}, {}

function getSystemInterfaceId() return "-1" end
function getSystemInterfaceName() return "__system__" end
function getInterfaceName(id)
  id = tostring(id)
  if id == "-1" then return getSystemInterfaceName() end
  return (interface.getIfNames() or {})[id] or ""
end
function getInterfaceId(name)
  if name == getSystemInterfaceName() then return -1 end
  for id, ifname in pairs(interface.getIfNames() or {}) do if ifname == name then return tonumber(id) end end
  return -1
end
function getHumanReadableInterfaceName(name) return name end
function getFirstSeenDevicesHashKey(ifid) return "ntopng.seen_devices.ifid_" .. tostring(ifid) end
function getDeviceProtocolPoliciesUrl(params) return "/admin/device_protocols" .. (params and ("?" .. params) or "") end
function getDeviceName(mac, short)
  local alias = ntop.getHashCache and ntop.getHashCache("ntopng.host_labels", tostring(mac)) or ""
  if not isEmptyString(alias) then return alias end
  local maker = ntop.getMacManufacturer(mac)
  if maker and not isEmptyString(maker.short) then return maker.short .. "_" .. ssub(tostring(mac), 10) end
  return tostring(mac)
end
getSavedDeviceName = getDeviceName
function getHostAltName(name) return ntop.getHashCache("ntopng.host_labels", tostring(name)) or "" end

function hostinfo2hostkey(info, _, force_vlan)
  local address = info.host or info.ip or info.name or info.mac or ""
  local vlan = tonumber(info.vlan) or 0
  if vlan ~= 0 or force_vlan then return address .. "@" .. sformat("%d", vlan) end
  return address
end
function hostkey2hostinfo(key)
  local address, vlan = string.match(tostring(key), "^(.-)@(%d+)$")
  return { host = address or key, vlan = tonumber(vlan) or 0 }
end
function hostinfo2label(info) return info.label or info.name or hostinfo2hostkey(info) end
function hostinfo2detailsurl(info) return "/hosts/" .. hostinfo2hostkey(info) end
function hostinfo2detailshref(_, _, value) return value end
function getHostUrl(key) return "/hosts/" .. tostring(key) end
function getMacUrl(mac) return "/devices/" .. tostring(mac) end

local DNS_TYPES = { A = 1, NS = 2, CNAME = 5, SOA = 6, PTR = 12, HINFO = 13, MX = 15, TXT = 16, AAAA = 28, SRV = 33, OPT = 41, SVCB = 64, HTTPS = 65, ANY = 255 }
function get_dns_type(name) return DNS_TYPES[name] or 0 end

function shortFlowLabel(flow)
  local parts = { "[" .. tostring(flow["proto.ndpi"]) .. "]", tostring(flow["proto.l4"]) }
  parts[3] = sformat("%s:%s -> %s:%s", flow["cli.ip"], flow["cli.port"], flow["srv.ip"], flow["srv.port"])
  if not isEmptyString(flow.info) then parts[4] = "[" .. flow.info .. "]" end
  return concat(parts, " ")
end

l4_keys = {
  { "IP", "ip", 0 }, { "ICMP", "icmp", 1 }, { "IGMP", "igmp", 2 }, { "TCP", "tcp", 6 }, { "UDP", "udp", 17 },
  { "IPv6", "ipv6", 41 }, { "RSVP", "rsvp", 46 }, { "GRE", "gre", 47 }, { "ESP", "esp", 50 },
  { "IPv6-ICMP", "ipv6icmp", 58 }, { "ICMPv6", "icmpv6", 58 }, { "OSPF", "ospf", 89 }, { "PIM", "pim", 103 },
  { "VRRP", "vrrp", 112 }, { "HIP", "hip", 139 },
}
function l4_proto_to_id(name) for _, row in ipairs(l4_keys) do if row[2] == name then return row[3] end end end
function l4_proto_to_string(id)
  for _, row in ipairs(l4_keys) do if row[3] == tonumber(id) then return row[1] end end
  return tostring(id)
end

-- Tables of the C side that exist in every VM; the worker has put its functions into them already.
-- A function is bound when it is first looked for: a plugin needs few of the 260.
for _, name in ipairs({ "flow", "host", "network", "interface", "ntop", "spanwatch" }) do
  G[name] = setmetatable(G[name] or {}, { __index = function(t, key)
    if type(key) == "string" and sys.bind(name, key) then return rawget(t, key) end
  end })
end

-- Flow ---------------------------------------------------------------------------------------------------------------

-- Names travel as numbers and are resolved once per VM.
local function names(resolve)
  return setmetatable({}, { __index = function(t, id)
    local name = resolve(id)
    t[id] = name
    return name
  end })
end
local l4_name, app_name, cat_name = names(sys.l4), names(sys.app), names(sys.category)
local full_name = names(function(id) return sys.appname(id // 65536, id % 65536) end)
local flowinfo = sys.flowinfo

function flow.getInfo()
  local cli, srv, cport, sport, clocal, slocal, duration, l4, both, app, cat, cb, sb, cp, sp, info = flowinfo()
  if cli == nil then return nil end
  return {
    ["cli.ip"] = cli, ["srv.ip"] = srv, ["cli.port"] = cport, ["srv.port"] = sport,
    ["cli.localhost"] = clocal, ["srv.localhost"] = slocal, duration = duration,
    ["proto.l4"] = l4_name[l4], ["proto.ndpi"] = full_name[both], ["proto.ndpi_app"] = app_name[app],
    ["proto.ndpi_cat"] = cat_name[cat], ["cli2srv.bytes"] = cb, ["srv2cli.bytes"] = sb,
    ["cli2srv.packets"] = cp, ["srv2cli.packets"] = sp, info = info,
  }
end

local tlsinfo = sys.tlsinfo
function flow.getTLSInfo()
  local live, tls, version, names, alpn, versions, issuer, subject, sni, before, after, ja3, ja3s, cipher, unsafe = tlsinfo()
  if live == nil then return nil end
  if not tls then return {} end
  return {
    ["protos.tls_version"] = version, ["protos.tls.server_names"] = names, ["protos.tls.client_alpn"] = alpn,
    ["protos.tls.client_tls_supported_versions"] = versions, ["protos.tls.issuerDN"] = issuer, ["protos.tls.subjectDN"] = subject,
    ["protos.tls.client_requested_server_name"] = sni, ["protos.tls.notBefore"] = before, ["protos.tls.notAfter"] = after,
    ["protos.tls.ja3.client_hash"] = ja3, ["protos.tls.ja3.server_hash"] = ja3s, ["protos.tls.ja3.server_cipher"] = cipher,
    ["protos.tls.ja3.server_unsafe_cipher"] = unsafe,
  }
end

local candidate_status, candidate_params
local set_status = sys.status

-- Puts a status on the flow; the best candidate of all scripts of this call becomes the alert.
function flow.triggerStatus(info, flow_score, cli_score, srv_score)
  local status = type(info) == "table" and info.status_type
  if type(status) ~= "table" or not tonumber(status.status_key) then
    error("flow.triggerStatus: the first argument must be what a status type's create() returned", 2)
  end
  if set_status(tonumber(status.status_key), status.name or "", tonumber(flow_score) or 0, tonumber(cli_score) or 0, tonumber(srv_score) or 0) then
    candidate_status, candidate_params = status, info.alert_type_params
  end
end

-- What the worker calls ------------------------------------------------------------------------------------------------

local api = { entries = {} }
local entries = api.entries
local scripts = {}

local function run(chunk, source, ...)
  local fn, message = load(source, "@" .. chunk, "t", environment())
  if not fn then error(message, 0) end
  return fn(...)
end

function api.prepare(names) for _, name in ipairs(names) do require(name) end end

-- Runs manifest.lua; i18n is not usable in it, as in 4.2.
function api.manifest(chunk, source)
  local manifest = run(chunk, source)
  if type(manifest) ~= "table" then error(chunk .. ":1: returned " .. type(manifest) .. ", a table was expected", 0) end
  return {
    title = manifest.title, description = manifest.description, author = manifest.author,
    version = manifest.version, disabled = manifest.disabled and true or false,
    dependencies = manifest.dependencies, data_dirs = manifest.data_dirs,
  }
end

function api.locale(chunk, source)
  local texts = run(chunk, source)
  if type(texts) ~= "table" then error(chunk .. ":1: returned " .. type(texts) .. ", a table was expected", 0) end
  return texts
end

local function definition(kind, name, chunk, source)
  local consts = require(kind == "alert" and "alert_consts" or "flow_consts")
  local value = run(chunk, source)
  if type(value) ~= "table" then error(chunk .. ":1: returned " .. type(value) .. ", a table was expected", 0) end
  return consts.add(name, value)
end
function api.alert(name, chunk, source) return definition("alert", name, chunk, source) end
function api.status(name, chunk, source) return definition("status", name, chunk, source) end

local function text(value) return type(value) == "string" and value or type(value) == "number" and tostring(value) or "" end

-- A title or description for a person: a key of which there is no text is put into words instead of shown.
local function worded(key)
  local shown = text(localize(key))
  if shown ~= key or not sfind(shown, "^[%l_][%w_]*%.[%w_.]+$") then return shown end
  local first, last = string.match(shown, "^([^.]+).-([^.]+)$")
  if last == "title" or last == "description" or last == "descr" then last = first end
  return firstToUpper((sgsub(last, "_", " ")))
end

local function describe_gui(gui)
  if type(gui) ~= "table" then return nil end
  local unit = gui.i18n_field_unit
  local groups = {}
  if type(gui.groups) == "table" then
    for _, group in ipairs(gui.groups) do
      local elements = {}
      for _, element in ipairs(type(group) == "table" and type(group.elements) == "table" and group.elements or {}) do
        if type(element) == "table" then elements[#elements + 1] = { id = tostring(element[1]), label = text(localize(element[2] or element[1])) } end
      end
      groups[#groups + 1] = { label = text(localize(group.label)), elements = elements }
    end
  end
  local builder = gui.input_builder
  return {
    title = worded(gui.i18n_title), description = worded(gui.i18n_description),
    builder = type(builder) == "string" and builder or "default",
    input_title = text(localize(gui.input_title)), input_description = text(localize(gui.input_description)),
    item_list_type = text(gui.item_list_type), unit = text(localize(unit)),
    min = tonumber(gui.field_min), max = tonumber(gui.field_max), step = tonumber(gui.field_step),
    operator = text(gui.field_operator), groups = groups,
  }
end

-- Tells what a script is, and keeps it.
local function register(index, subdir, key, chunk, script, hook_names, plugin)
  if script == nil or script == false then return { skip = "the script returned nothing" } end
  if type(script) ~= "table" then error(chunk .. ":1: returned " .. type(script) .. ", a table was expected", 0) end
  if type(script.hooks) ~= "table" or next(script.hooks) == nil then return { skip = "the script has no hooks" } end
  local us = require("user_scripts")
  script.key, script.path, script.subdir, script.plugin = key, chunk, subdir, { key = plugin }
  script.source_path, script.edition, script.script_type = chunk, "community", us.script_types[subdir] or us.script_types.traffic_element
  if type(script.category) ~= "table" or script.category.id == nil then script.category = us.script_categories.other end
  local hooks, unknown = {}, {}
  for name, fn in pairs(script.hooks) do
    if name == "all" then
      for _, hook in ipairs(hook_names) do if script.hooks[hook] == nil then hooks[hook] = fn end end
    else
      hooks[tostring(name)] = fn
    end
  end
  local names = {}
  for _, hook in ipairs(hook_names) do
    if type(hooks[hook]) == "function" then names[#names + 1] = hook end
  end
  for name in pairs(hooks) do if not table.contains(hook_names, name) then unknown[#unknown + 1] = name end end
  if type(script.gui) == "table" then
    local title, description = localize(script.gui.input_title), localize(script.gui.input_description)
    script.gui.input_title, script.gui.input_description = title, description
  end
  local skip
  if script.l7_proto ~= nil then
    script.l7_proto_id = interface.getnDPIProtoId(tostring(script.l7_proto))
    if script.l7_proto_id == -1 then skip = "protocol " .. tostring(script.l7_proto) .. " is unknown" end
  end
  if script.nedge_only then skip = "nedge" end
  scripts[index] = { script = script, hooks = hooks, conf = {} }
  return {
    skip = skip, hooks = names, unknown = unknown, category = text(script.category.key), prio = tonumber(script.prio) or 0,
    default_enabled = script.default_enabled == nil or script.default_enabled == true,
    default_value = type(script.default_value) == "table" and script.default_value or {},
    gui = describe_gui(script.gui), l4_proto = script.l4_proto ~= nil and tostring(script.l4_proto) or nil,
    l7_proto_id = tonumber(script.l7_proto_id), three_way = script.three_way_handshake_ok and true or false,
    risky = script.only_with_risk and true or false,
    has_setup = type(script.setup) == "function",
  }
end

-- Runs a script file in an environment of its own and tells what it is.
function api.script(index, subdir, key, chunk, source, hook_names, plugin)
  return register(index, subdir, key, chunk, run(chunk, source), hook_names, plugin)
end

-- Scripts in JavaScript -------------------------------------------------------------------------------------------------

-- They name what is here by its path: {["@"] = {"alert_consts", "alert_severities", "error"}}; with ["("], arguments, and their
-- number n it is a call.
local function walk(path)
  local at = G
  for i, name in ipairs(path) do
    if i == 1 then
      if name ~= "_G" then at = require(name) end
    elseif type(at) == "table" then
      at = at[name]
    else
      at = nil
    end
    if at == nil then error(concat(path, ".", 1, i) .. " does not exist", 0) end
  end
  return at
end
local revive
local function spread(args, n)
  local list = {}
  for i = 1, n do list[i] = revive(args[i]) end
  return unpack(list, 1, n)
end
function revive(value)
  if type(value) ~= "table" then return value end
  if value["@"] ~= nil then
    local found = walk(value["@"])
    if value["("] == nil then return found end
    return found(spread(value["("], value.n))
  end
  local out = {}
  for k, v in pairs(value) do out[k] = revive(v) end
  return out
end

function api.reach(path, args, n)
  local found = walk(path)
  if args == nil then return found end
  return found(spread(args, n))
end
function api.trigger(info, flow_score, cli_score, srv_score)
  flow.triggerStatus(revive(info), flow_score, cli_score, srv_score)
end
-- From here on alerts are those of that script.
function api.enter(index) require("alerts_api").invokeScriptHook(scripts[index].script, 0, function() end) end

local function elsewhere() end
function api.foreign(index, subdir, key, chunk, told, hook_names, plugin)
  local script = revive(told)
  if type(script.hooks) == "table" then for name in pairs(script.hooks) do script.hooks[name] = elsewhere end end
  if type(script.category) == "string" then script.category = require("user_scripts").script_categories[script.category] end
  return register(index, subdir, key, chunk, script, hook_names, plugin)
end

-- setup() decides whether an enabled script runs; a script without one always does. What it asked before it said no
-- is told, as the reason in words.
function api.setup(index)
  local script = scripts[index].script
  if type(script.setup) ~= "function" then return true end
  sys.asked = nil
  if script.setup() then return true end
  return false, sys.asked
end
for name, what in pairs({ isEnterpriseM = "enterprise", isEnterpriseL = "enterprise", isEnterprise = "enterprise", isPro = "enterprise", isnEdge = "nedge" }) do
  ntop[name] = function()
    sys.asked = what
    return false
  end
end

-- Makes entries.<name>, the function that the worker calls for one hook of a script.
function api.attach(index, hook, name, conf, confset)
  local record = scripts[index]
  local fn, script = record.hooks[hook], record.script
  conf = type(conf) == "table" and conf or {}
  if script.subdir == "flow" then
    entries[name] = function(now) fn(now, conf) end
  elseif script.subdir == "system" then
    entries[name] = function()
      local alerts_api = require("alerts_api")
      local params = {}
      for k, v in pairs(api.context) do params[k] = v end
      params.user_script_config, params.user_script = conf, script
      return function() alerts_api.invokeScriptHook(script, confset or 0, fn, params) end, script
    end
  elseif script.subdir == "syslog" then
    -- The whole configuration of the kind, as 4.2 hands it on.
    local all = { [script.key] = { all = { enabled = true, script_conf = conf } } }
    entries[name] = function(message, source, priority)
      require("alerts_api").invokeScriptHook(script, 0, function() fn(all, message, source, priority) end)
    end
  else
    entries[name] = function()
      local alerts_api = require("alerts_api")
      local params = {}
      for k, v in pairs(api.context) do params[k] = v end
      params.user_script_config, params.user_script = conf, script
      alerts_api.invokeScriptHook(script, confset or 0, fn, params)
    end
  end
end

-- The entity that the next periodic calls are about. System scripts get neither entity_info nor cur_alerts, as in 4.2.
function api.begin(kind, granularity, value, info, cur_alerts, when, ifid)
  local alert_consts = require("alert_consts")
  local entity = alert_consts.alert_entities[kind == "system" and "interface" or kind]
  api.context = {
    granularity = granularity, alert_entity = { alert_entity = entity, alert_entity_val = value }, entity_info = info,
    cur_alerts = cur_alerts, when = when, ifid = ifid, ts_enabled = kind == "host" or kind == "system" or nil,
  }
end

-- onLoad, onUnload, onEnable, onDisable, onUpdateConfig.
function api.event(index, name, hook, conf)
  local fn = scripts[index].script[name]
  if type(fn) ~= "function" then return false end
  fn(hook, conf)
  return true
end

-- Texts and parameters of the alert for the best candidate of this VM.
function api.emit()
  local status, params = candidate_status, candidate_params
  local flow_consts = require("flow_consts")
  if type(params) == "table" then
    local json = require("dkjson")
    params = json.decode((json.encode(params)))
  end
  local alert_type = type(status.alert_type) == "table" and status.alert_type or {}
  local severity = type(status.alert_severity) == "table" and tonumber(status.alert_severity.severity_id) or 5
  local shown = flow_consts.describe(status, params)
  local title = text(localize(alert_type.i18n_title))
  if title == "" then title = text(localize(status.i18n_title)) end
  return tonumber(alert_type.id) or 0, alert_type.name or "", severity, title, shown, params
end

-- Calls that may wait for the world outside ------------------------------------------------------------------------------

-- They run as coroutines; what they ask for is handed to the worker, which goes on with them once there is an answer.
local create, resume, yield, status, current_co = coroutine.create, coroutine.resume, coroutine.yield, coroutine.status, coroutine.running
local waiting, running = {}, nil
local page_out

local function outcome(job, record, ok, first, ...)
  running, page_out = nil, nil
  if not ok then
    waiting[job] = nil
    error(first, 0)
  end
  if status(record.co) ~= "dead" then
    waiting[job] = record
    return "wait", first, ...
  end
  waiting[job] = nil
  if record.out then return "done", concat(record.out) end
  return "done", first, ...
end
local function continue(job, record, ...)
  running, page_out = record.co, record.out
  if record.script then require("alerts_api").invokeScriptHook(record.script, 0, function() end) end
  return outcome(job, record, resume(record.co, ...))
end
function api.resume(job, ...)
  local record = waiting[job]
  if not record then return "done" end
  return continue(job, record, ...)
end
function api.system(job, name)
  local fn, script = entries[name]()
  return continue(job, { co = create(fn), script = script })
end

-- Asks the worker for something that takes time. Elsewhere than in such a call there is no answer.
function sys.ask(kind, ...)
  if running == nil or current_co() ~= running then
    sys.trace(TRACE_WARNING, kind .. ": a hook cannot wait for the network, only scripts of kind system, notification back-ends and pages can")
    return nil
  end
  local args = { ... }
  for i = 1, select("#", ...) do if args[i] == nil then args[i] = "" end end
  return yield(kind, args)
end
local function asking(kind, otherwise)
  return function(...)
    local answer = sys.ask(kind, ...)
    if answer == nil then return otherwise end
    return answer
  end
end
ntop.httpGet, ntop.httpPost, ntop.postHTTPJsonData = asking("httpGet"), asking("httpPost"), asking("postJson", false)
ntop.sendMail, ntop.send_udp_data, ntop.send_tcp_data = asking("mail", false), asking("udp", false), asking("tcp", false)
ntop.resolveHost = asking("resolve")
-- A hook that sleeps would hold up all others: time does not pass for it.
function ntop.msleep(ms)
  if running ~= nil and current_co() == running then yield("sleep", { tonumber(ms) or 0 }) end
end
function ntop.syslog(message, level) sys.trace(TRACE_NORMAL, tostring(message)) end
-- Hosts that wait for their ping: by IP version, and whether one answer is wanted or the figures of several.
local pings = {}
local function waiting_pings(v6, continuous) return (v6 and 6 or 4) .. (continuous and "c" or "") end
function ntop.isPingAvailable() return true end
function ntop.isPingIfaceAvailable() return false end
function ntop.pingHost(host, v6, continuous)
  local kind = waiting_pings(v6, continuous)
  pings[kind] = pings[kind] or {}
  if type(host) == "string" and #pings[kind] < 64 then pings[kind][#pings[kind] + 1] = host end
end
function ntop.collectPingResults(v6, continuous)
  local kind = waiting_pings(v6, continuous)
  local hosts = pings[kind] or {}
  pings[kind] = nil
  if #hosts == 0 then return {} end
  return sys.ask("ping", hosts, v6 and true or false, continuous and true or false) or {}
end
function ntop.readdir(path) return sys.folder(tostring(path)) or {} end
function ntop.exists(path) return sys.file(tostring(path)) ~= nil or sys.folder(tostring(path)) ~= nil end
function ntop.notEmptyFile(path) return not isEmptyString(sys.file(tostring(path))) end
function ntop.isdir(path) return sys.folder(tostring(path)) ~= nil end

-- Notification back-ends -------------------------------------------------------------------------------------------------

local endpoints = {}
local function params_of(list)
  local out = {}
  for _, param in ipairs(type(list) == "table" and list or {}) do
    if type(param) == "table" and type(param.param_name) == "string" then
      out[#out + 1] = { name = param.param_name, optional = param.optional and true or false }
    end
  end
  return out
end
function api.endpoint(key, chunk, source)
  local module = run(chunk, source)
  if type(module) ~= "table" then error(chunk .. ":1: returned " .. type(module) .. ", a table was expected", 0) end
  if type(module.dequeueRecipientAlerts) ~= "function" then error(chunk .. ":1: has no function dequeueRecipientAlerts", 0) end
  if type(module.isAvailable) == "function" and not module.isAvailable() then return { available = false } end
  if type(module.onLoad) == "function" then module.onLoad() end
  endpoints[key] = module
  return {
    available = true, name = text(module.name), builtin = module.builtin and true or false, conf = params_of(module.conf_params or module.endpoint_params),
    recipient = params_of(module.recipient_params), seconds = tonumber(module.EXPORT_FREQUENCY) or 60, test = type(module.runTest) == "function",
  }
end
function api.notify(job, key, recipient, budget, high_priority)
  local module = endpoints[key]
  if not module then error("there is no endpoint " .. key, 0) end
  return continue(job, { co = create(function()
    local result = module.dequeueRecipientAlerts(recipient, budget, high_priority)
    if type(result) ~= "table" then return false, "the back-end returned nothing" end
    return result.success and true or false, text(result.error_message), result.more_available and true or false
  end) })
end
function api.try(job, key, recipient)
  local module = endpoints[key]
  if not module or type(module.runTest) ~= "function" then error("endpoint " .. key .. " has no test", 0) end
  return continue(job, { co = create(function()
    local good, message = module.runTest(recipient)
    return good and true or false, text(message)
  end) })
end

-- Pages --------------------------------------------------------------------------------------------------------------------

-- A page asks for far more texts than the core has here: the name of the text in words stands for one that is missing.
function sys.drawing(key)
  if page_out == nil or not sfind(key, ".", 1, true) then return nil end
  return firstToUpper((sgsub(string.match(key, "[^.]*$"), "_", " ")))
end
local plain_print = print
local function emit_page(...)
  local out = page_out
  if not out then return false end
  for i = 1, select("#", ...) do
    out.size = (out.size or 0) + 1
    if out.size <= 20000 then out[#out + 1] = tostring((select(i, ...))) end
  end
  return true
end
function print(...) if not emit_page(...) then plain_print(...) end end
io.write = function(...)
  if emit_page(...) then return io end
  return write(...)
end
function sendHTTPHeader() end
function sendHTTPContentTypeHeader() end
function sendHTTPHeaderIfName() end
function api.menu(chunk, source)
  local menu = run(chunk, source)
  if type(menu) ~= "table" then return nil end
  if type(menu.is_shown) == "function" and not menu.is_shown() then return nil end
  local label = menu.label or (type(menu.menu_entry) == "table" and menu.menu_entry.i18n_title)
  return text(localize(label)), text(menu.script)
end
function api.page(job, chunk, source, get)
  local out = {}
  return continue(job, { out = out, co = create(function()
    require("page_globals")
    _GET = type(get) == "table" and get or {}
    _SERVER = { HTTP_HOST = "", REQUEST_METHOD = "GET" }
    local env = environment()
    env._GET, env._SERVER, env.ifname = _GET, _SERVER, getInterfaceName(interface.getId())
    local fn, message = load(source, "@" .. chunk, "t", env)
    if not fn then error(message, 0) end
    fn()
  end) })
end

-- user_scripts.loadModule: the table that a script of this plugin returned.
function sys.script(subdir, key)
  for _, record in pairs(scripts) do
    if record.script.subdir == subdir and record.script.key == key then return record.script end
  end
end

api.localize = localize
sys.localize = localize
sys.text = text
return api
