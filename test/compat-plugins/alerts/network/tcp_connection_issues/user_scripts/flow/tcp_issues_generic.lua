local user_scripts = require("user_scripts")
local flow_consts = require("flow_consts")
local status_types = flow_consts.status_types

local script = {
  category = user_scripts.script_categories.network,
  l4_proto = "tcp",
  nedge_exclude = true,
  three_way_handshake_ok = true,
  hooks = {},
  gui = { i18n_title = "flow_callbacks_config.tcp_issues_generic", i18n_description = "flow_callbacks_config.tcp_issues_generic_description" },
}

local function grade(issues, packets)
  if issues > 10 and issues * 3 > packets then return 2 end
  if issues * 10 > packets then return 1 end
  return 0
end

local function check(now)
  local cli, srv = flow.getClientTCPIssues(), flow.getServerTCPIssues()
  local sent, rcvd = flow.getPacketsSent(), flow.getPacketsRcvd()
  local cli_grade, srv_grade = grade(cli, sent), grade(srv, rcvd)
  local worst = math.max(cli_grade, srv_grade)
  if worst == 0 then return end
  local severe = worst == 2
  local status = severe and status_types.status_tcp_severe_connection_issues or status_types.status_tcp_connection_issues
  local info = status.create(status.alert_severity, flow.getTCPStats(), sent, rcvd, severe, cli_grade > 0, srv_grade > 0)
  local score = severe and 20 or 10
  flow.triggerStatus(info, score, score, score)
end

script.hooks.flowEnd = check
script.hooks.periodicUpdate = check

return script
