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

-- Our own addition to the API costs less than the table.
local function certificate_end()
  if spanwatch and spanwatch.getCertificateEnd then return spanwatch.getCertificateEnd() end
  return tonumber(flow.getTLSInfo()["protos.tls.notAfter"])
end

-- The configuration as a set, made once; a changed one starts the script anew.
local wanted

local function judge(now)
  local expires = wanted.expired and certificate_end()
  if wanted.expired and expires and expires > 0 and expires < now then return "expired", os.date("!%Y-%m-%d", expires) end
  if wanted.selfsigned and flow.hasRisk(SELF_SIGNED) then return "selfsigned" end
  local version = VERSIONS[flow.getTLSVersion()]
  if wanted.version and version then return "version", version end
  if wanted.cipher and flow.getServerCipherClass() == "insecure" then return "cipher" end
end

function script.hooks.protocolDetected(now, conf)
  -- What costs least comes first: most flows end here.
  if not flow.isLocalToRemote() or flow.getTLSVersion() == 0 then return end
  if not wanted then
    wanted = {}
    for _, id in pairs(conf.items or DEFAULT) do wanted[id] = true end
  end
  local what, value = judge(now)
  if not what then return end
  local info = flow.getInfo()
  local today = now // 86400
  if today ~= day or count >= MAX_TOLD then told, count, day = {}, 0, today end
  local key = what .. info["srv.ip"]
  if told[key] then return end
  told[key], count = true, count + 1
  local name = flow.getTLSInfo()["protos.tls.client_requested_server_name"] or info["srv.ip"]
  flow.triggerStatus(status.create(status.alert_severity, {
    text = "tls_issue.why_" .. what, client = info["cli.ip"], server = info["srv.ip"], name = name, value = value,
  }), 60, 20, 40)
end
script.hooks.flowEnd = script.hooks.protocolDetected

return script
