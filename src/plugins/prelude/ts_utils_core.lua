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
function ts_utils.getSchema(name) return schemas[name] end
function ts_utils.loadSchemas() end
function ts_utils.append(name, values, when)
  if type(values) ~= "table" then return false end
  return sys.timeseries(tostring(name), values, tonumber(when) or os.time()) and true or false
end
function ts_utils.delete() return true end
function ts_utils.listSeries() return {} end
function ts_utils.exists() return false end
function ts_utils.query() return nil end
function ts_utils.getDriverName()
  sys.asked = "influxdb"
  return "rrd"
end
function ts_utils.getQueryDriver() return { getDiskUsage = function() return 0 end, getTotalBytes = function() return 0 end } end
function ts_utils.isTimeseriesEnabled() return true end
return ts_utils
