local user_scripts = require "user_scripts"
local flow_consts = require "flow_consts"

local status = flow_consts.status_types.status_listed

local MAX_TOLD = 2000

local script = {
  category = user_scripts.script_categories.security,
  prio = 10,
  default_value = { items = {} },
  gui = {
    i18n_title = "listed.title",
    i18n_description = "listed.description",
    input_builder = "items_list",
    item_list_type = "string",
    input_title = i18n("listed.input"),
    input_description = i18n("listed.input_description"),
  },
  hooks = {},
}

-- Once a day for a device and what is listed.
local told, count, day = {}, 0, 0

-- Lists are our own addition to the API.
function script.setup() return spanwatch ~= nil and spanwatch.isListed ~= nil end

function script.hooks.protocolDetected(now, conf)
  -- Client, server or name on a list, or a category of that kind: nearly every flow ends here.
  if not flow.isBlacklisted() then return end
  local info = flow.getInfo()
  local incoming = false
  local what = info["srv.ip"]
  local list = not info["srv.localhost"] and spanwatch.isListed(what)
  if not list and info.info and info.info ~= "" then
    -- What a flow is about begins with a name: "name/path" of a web page, "name" of all else.
    what = string.match(info.info, "^[%w_.-]+")
    list = what and spanwatch.isListed(what)
  end
  if not list and not info["cli.localhost"] and flow.isTwhOK() and flow.isBidirectional() then
    what, incoming = info["cli.ip"], true
    list = spanwatch.isListed(what)
  end
  if not list or table.contains(conf.items or {}, what) then return end
  local today = now // 86400
  if today ~= day or count >= MAX_TOLD then told, count, day = {}, 0, today end
  local key = info["cli.ip"] .. " " .. what
  if told[key] then return end
  told[key], count = true, count + 1
  flow.triggerStatus(status.create(status.alert_severity, {
    text = incoming and "listed.why_in" or "listed.why", client = info["cli.ip"], server = info["srv.ip"], what = what, list = list,
  }), 100, 100, 100)
end

return script
