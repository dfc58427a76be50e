local user_scripts = require "user_scripts"
local flow_consts = require "flow_consts"

local status = flow_consts.status_types.status_tls_issue

local VERSIONS = { [768] = "SSL 3.0", [769] = "TLS 1.0", [770] = "TLS 1.1" }
local SELF_SIGNED = 6
local MAX_TOLD = 500
local DEFAULT = { "expired", "selfsigned", "version", "cipher" }

local elements = {}
for i, id in ipairs(DEFAULT) do elements[i] = { id, i18n("tls_issue." .. id) } end

local script = {
  category = user_scripts.script_categories.security,
  l4_proto = "tcp",
  default_value = { items = DEFAULT },
  gui = {
    i18n_title = "tls_issue.title",
    i18n_description = "tls_issue.description",
    input_builder = "multi_select",
    input_title = i18n("tls_issue.input"),
    input_description = i18n("tls_issue.input_description"),
    groups = { { elements = elements } },
  },
  hooks = {},
}

-- Once a day for a server.
local told, count, day = {}, 0, 0

local function judge(tls, wanted, now)
  local expires = tonumber(tls["protos.tls.notAfter"])
  if wanted.expired and expires and expires > 0 and expires < now then return "expired", os.date("!%Y-%m-%d", expires) end
  if wanted.selfsigned and flow.hasRisk(SELF_SIGNED) then return "selfsigned" end
  local version = VERSIONS[flow.getTLSVersion()]
  if wanted.version and version then return "version", version end
  if wanted.cipher and flow.getServerCipherClass() == "insecure" then return "cipher" end
end

function script.hooks.protocolDetected(now, conf)
  local tls = flow.getTLSInfo()
  if not tls or not tls["protos.tls_version"] then return end
  local info = flow.getInfo()
  if info["srv.localhost"] or not info["cli.localhost"] then return end
  local wanted = {}
  for _, id in pairs(conf.items or DEFAULT) do wanted[id] = true end
  local what, value = judge(tls, wanted, now)
  if not what then return end
  local today = now // 86400
  if today ~= day or count >= MAX_TOLD then told, count, day = {}, 0, today end
  local key = what .. info["srv.ip"]
  if told[key] then return end
  told[key], count = true, count + 1
  local name = tls["protos.tls.client_requested_server_name"] or info["srv.ip"]
  flow.triggerStatus(status.create(status.alert_severity, {
    text = "tls_issue.why_" .. what, client = info["cli.ip"], server = info["srv.ip"], name = name, value = value,
  }), 60, 20, 40)
end
script.hooks.flowEnd = script.hooks.protocolDetected

return script
