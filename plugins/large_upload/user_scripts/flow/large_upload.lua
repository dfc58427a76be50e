local user_scripts = require "user_scripts"
local flow_consts = require "flow_consts"

local status = flow_consts.status_types.status_large_upload

local MB = 1048576
local MAX_PAIRS = 2000
-- A place without a name gets this part of the limit; what comes back at least this part makes it a conversation.
local NAMELESS, BACK = 0.1, 0.25

local script = {
  category = user_scripts.script_categories.security,
  default_value = { operator = "gt", threshold = 10000 },
  gui = {
    i18n_title = "large_upload.title",
    i18n_description = "large_upload.description",
    i18n_field_unit = "large_upload.input_unit",
    input_builder = "threshold_cross",
    field_min = 1, field_max = 10000000, field_operator = "gt",
  },
  hooks = {},
}

-- Bytes of ended flows of today by client and server.
local ended, count, day = {}, 0, 0

local function look(now, conf, over)
  if not flow.isLocalToRemote() or not flow.isUnicast() then return end
  local info = flow.getInfo()
  local today = now // 86400
  if today ~= day or count >= MAX_PAIRS then ended, count, day = {}, 0, today end
  local key = info["cli.ip"] .. " " .. info["srv.ip"]
  local past = ended[key]
  local sent = info["cli2srv.bytes"] + (past and past.sent or 0)
  local back = info["srv2cli.bytes"] + (past and past.back or 0)
  if over and info["cli2srv.bytes"] > 100000 then
    if not past then past, count = {}, count + 1 end
    past.sent, past.back, ended[key] = sent, back, past
  end
  if past and past.told or back > sent * BACK then return end
  local named = info.info ~= nil and string.find(info.info, "%a") ~= nil
  local limit = (tonumber(conf.threshold) or 10000) * MB * (named and 1 or NAMELESS)
  if sent <= limit then return end
  if not past then
    past, count = { sent = 0, back = 0 }, count + 1
    ended[key] = past
  end
  past.told = true
  flow.triggerStatus(status.create(status.alert_severity, {
    text = named and "large_upload.why" or "large_upload.why_nameless", client = info["cli.ip"],
    server = named and info.info .. " (" .. info["srv.ip"] .. ")" or info["srv.ip"],
    value = bytesToSize(sent), back = bytesToSize(back), limit = bytesToSize(limit),
  }), 80, 80, 10)
end

function script.hooks.periodicUpdate(now, conf) look(now, conf, false) end
function script.hooks.flowEnd(now, conf) look(now, conf, true) end

return script
