-- Globals that only pages use: tables' order and size, selection lists. Loaded with the first page that is drawn.
function isAllowedSystemInterface() return true end
function getDefaultTableSort(name) return ntop.getPref("ntopng.sort." .. tostring(name)) end
function getDefaultTableSortOrder() return "desc" end
function getDefaultTableSize() return 10 end
function tablePreferences() end
function getTablePreferences() return "" end
function printMessageBanners() end
function getPageUrl(base, params)
  local parts = {}
  for name, value in pairsByKeys(params or {}, asc) do parts[#parts + 1] = tostring(name) .. "=" .. tostring(value) end
  local url = tostring(base or "")
  return #parts == 0 and url or url .. (string.find(url, "?", 1, true) and "&" or "?") .. table.concat(parts, "&")
end
function generate_select(id, name, required, disabled, options, classes)
  local parts = { '<select id="' .. escapeHTML(id or "") .. '" name="' .. escapeHTML(name or "") .. '" class="form-control ' .. escapeHTML(classes or "") .. '"' }
  parts[#parts + 1] = (required and " required" or "") .. (disabled and " disabled" or "") .. ">"
  for _, option in ipairs(type(options) == "table" and options or {}) do
    if type(option) == "table" then
      parts[#parts + 1] = '<option value="' .. escapeHTML(option.value or "") .. '">' .. escapeHTML(option.title or option.value or "") .. "</option>"
    end
  end
  return table.concat(parts) .. "</select>"
end
