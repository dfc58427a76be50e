local user_scripts = require "user_scripts"
local flow_consts = require "flow_consts"

local status = flow_consts.status_types.status_rogue_router

-- Router advertisement, RFC 4861 section 4.2.
local ADVERTISEMENT = 134
local KNOWN, SINCE = "spanwatch.rogue_router.known", "spanwatch.rogue_router.since"
local MAX_KNOWN = 50

local script = {
  category = user_scripts.script_categories.security,
  l4_proto = "ipv6icmp",
  default_value = { operator = "gt", threshold = 24 },
  gui = {
    i18n_title = "rogue_router.title",
    i18n_description = "rogue_router.description",
    i18n_field_unit = "rogue_router.input_unit",
    input_builder = "threshold_cross",
    field_min = 0, field_max = 720, field_operator = "gt",
  },
  hooks = {},
}

local known, names, since

local function load_known(now)
  known, names = {}, {}
  for router in string.gmatch(ntop.getPref(KNOWN) or "", "[^,]+") do
    known[router], names[#names + 1] = true, router
  end
  since = tonumber(ntop.getPref(SINCE))
  if not since then
    since = now
    ntop.setPref(SINCE, tostring(now))
  end
end

function script.hooks.protocolDetected(now, conf)
  if flow.getICMPType() ~= ADVERTISEMENT then return end
  if not known then load_known(now) end
  local side = flow.isClientUnicast() and "cli" or "srv"
  local router = flow.getInfo()[side .. ".ip"]
  if known[router] then return end
  local mac = flow.getFullInfo()[side .. ".mac"]
  local learning = now - since < (tonumber(conf.threshold) or 24) * 3600 or #names == 0
  local before = table.concat(names, ", ")
  if #names < MAX_KNOWN then
    known[router], names[#names + 1] = true, router
    ntop.setPref(KNOWN, table.concat(names, ","))
  end
  if learning then return end
  flow.triggerStatus(status.create(status.alert_severity, { router = router, mac = mac, known = before }), 100, 100, 0)
end
script.hooks.flowEnd = script.hooks.protocolDetected

return script
