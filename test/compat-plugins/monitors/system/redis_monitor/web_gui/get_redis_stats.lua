require "lua_utils"
local json = require("dkjson")
sendHTTPContentTypeHeader('application/json')
local sort = "redis_commands_data"
local column, order = _GET["sortColumn"], _GET["sortOrder"]
if isEmptyString(column) then column = getDefaultTableSort(sort) else tablePreferences("sort_" .. sort, column) end
if isEmptyString(order) then order = getDefaultTableSortOrder(sort, true) end
local page, size = tonumber(_GET["currentPage"] or 1), tonumber(_GET["perPage"] or getDefaultTableSize())
local rows, hits = {}, ntop.getCacheStats() or {}
local by = {}
for command, calls in pairs(hits) do by[command] = column == "column_command" and command or calls end
for command in pairsByValues(by, ternary(order == "asc", asc_insensitive, rev_insensitive)) do
  if #rows >= size then break end
  rows[#rows + 1] = { column_key = command, column_command = string.upper(string.sub(command, 5)), column_hits = hits[command] }
end
print(json.encode({ perPage = size, currentPage = page, totalRows = #rows, data = rows, sort = { { column, order } } }))
