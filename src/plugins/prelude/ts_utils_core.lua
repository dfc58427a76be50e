-- Time series: schemas are kept, points are handed to the worker.
local sys = ...
local ts_utils = { custom_schemas = {} }
ts_utils.metrics = { counter = "counter", gauge = "gauge", derive = "derive" }
ts_utils.aggregation = { mean = "mean", max = "max", min = "min", last = "last", sum = "sum" }
ts_utils.schema_types = {}
local schemas = {}

local Schema = {}
Schema.__index = Schema
function Schema:addTag(name) self.tags[name] = true self._tags[#self._tags + 1] = name end
function Schema:addMetric(name) self.metrics[name] = true self._metrics[#self._metrics + 1] = name end
function Schema:getName() return self.name end

function ts_utils.newSchema(name, options)
  options = options or {}
  options.metrics_type = options.metrics_type or ts_utils.metrics.counter
  local schema = setmetatable({ name = tostring(name), options = options, tags = {}, metrics = {}, _tags = {}, _metrics = {} }, Schema)
  schemas[schema.name] = schema
  return schema
end
-- The schemas of the plugin are read when one of them is asked for.
local read_schemas = false
local function schema_of(name)
  if schemas[name] == nil and not read_schemas then
    read_schemas = true
    for chunk, source in pairs(sys.schemas() or {}) do
      local fn, message = load(source, "@" .. chunk, "t", setmetatable({}, { __index = _G }))
      local ok, failure = pcall(fn or error, fn and chunk or message)
      if not ok then traceError(TRACE_ERROR, TRACE_CONSOLE, chunk .. ": " .. tostring(failure)) end
    end
  end
  return schemas[name]
end
function ts_utils.getSchema(name) return schema_of(name) end
function ts_utils.loadSchemas() end
-- Schemas of the core are not here: these names are what a series is of, whatever they look like.
local TAGS = { ifid = true, host = true, mac = true, metric = true, command = true, subnet = true, pool = true, device = true, if_index = true, protocol = true, category = true, task = true, asn = true, country = true, vlan = true }
function ts_utils.append(name, values, when)
  if type(values) ~= "table" then return false end
  local schema, tags, metrics = schema_of(tostring(name)), {}, {}
  for key, value in pairs(values) do
    local number = tonumber(value)
    if schema and schema.tags[key] or not schema and (number == nil or TAGS[key]) then
      tags[tostring(key)] = tostring(value)
    elseif number and (not schema or schema.metrics[key]) then
      metrics[tostring(key)] = number + 0.0
    end
  end
  if schema then
    for _, tag in ipairs(schema._tags) do
      if tags[tag] == nil then
        traceError(TRACE_ERROR, TRACE_CONSOLE, "ts_utils.append: " .. name .. " needs the tag " .. tag)
        return false
      end
    end
  end
  local options = schema and schema.options or {}
  local counter = schema ~= nil and options.metrics_type ~= ts_utils.metrics.gauge
  return sys.timeseries(tostring(name), tags, metrics, tonumber(options.step) or 60, counter, tonumber(when) or os.time()) and true or false
end
function ts_utils.delete(prefix, tags) return sys.seriesdelete(tostring(prefix), type(tags) == "table" and tags or {}) or false end
function ts_utils.listSeries(name, tags) return sys.serieslist(tostring(name), type(tags) == "table" and tags or {}) or {} end
function ts_utils.exists(name, tags) return #ts_utils.listSeries(name, tags) > 0 end
function ts_utils.query() return nil end
function ts_utils.getDriverName()
  sys.asked = "influxdb"
  return "rrd"
end
function ts_utils.getQueryDriver() return { getDiskUsage = function() return 0 end, getTotalBytes = function() return 0 end } end
function ts_utils.isTimeseriesEnabled() return true end
return ts_utils
