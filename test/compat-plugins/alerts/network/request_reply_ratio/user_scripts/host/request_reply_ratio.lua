local alerts_api = require("alerts_api")
local alert_consts = require("alert_consts")
local user_scripts = require("user_scripts")

local script = {
  category = user_scripts.script_categories.network,
  local_only = true,
  nedge_exclude = true,
  default_value = { operator = "lt", threshold = 50 },
  hooks = {},
  gui = {
    i18n_title = "entity_thresholds.request_reply_ratio_title",
    i18n_description = "entity_thresholds.request_reply_ratio_description",
    i18n_field_unit = user_scripts.field_units.percentage,
    input_builder = "threshold_cross", field_operator = "lt", field_min = 1, field_max = 100,
  },
}

local function judge(params, subtype, requests, replies)
  local asked = alerts_api.host_delta_val(script.key .. "_requests_" .. subtype, params.granularity, requests, true)
  local answered = alerts_api.host_delta_val(script.key .. "_replies_" .. subtype, params.granularity, replies, true)
  local ratio = answered * 100 / (asked + 1)
  local kind = alert_consts.alert_types.alert_request_reply_ratio.create(alert_consts.alert_severities.warning,
    alert_consts.alerts_granularities[params.granularity], subtype, asked, answered)
  if ratio < tonumber(params.user_script_config.threshold) and asked + answered > 10 then
    alerts_api.trigger(params.alert_entity, kind, nil, params.cur_alerts)
  else
    alerts_api.release(params.alert_entity, kind, nil, params.cur_alerts)
  end
end

script.hooks["5mins"] = function(params)
  local dns = host.getDNSInfo()
  if dns and dns["dns"] then
    for _, way in ipairs({ "sent", "rcvd" }) do
      local asked, answered = dns["dns"][way], dns["dns"][way == "sent" and "rcvd" or "sent"]
      judge(params, "dns_" .. way, asked["num_queries"], answered["num_replies_ok"] + answered["num_replies_error"])
    end
  end
  local http = host.getHTTPInfo()
  if http and http["http"] then
    for way, roles in pairs({ sent = { "sender", "receiver" }, rcvd = { "receiver", "sender" } }) do
      local replies = 0
      for class = 1, 5 do replies = replies + http["http"][roles[2]]["response"]["num_" .. class .. "xx"] end
      judge(params, "http_" .. way, http["http"][roles[1]]["query"]["total"], replies)
    end
  end
end

return script
