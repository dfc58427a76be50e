local user_scripts = require("user_scripts")

local script = {
  category = user_scripts.script_categories.system,
  default_enabled = false,
  default_value = { log_mode = "console", log_file = "/tmp/flows_log" },
  hooks = {},
  gui = { i18n_title = "alerts_dashboard.flow_logger", i18n_description = "alerts_dashboard.flow_logger_description" },
}

function script.hooks.protocolDetected(now, conf)
  local line = os.date("%d/%b/%Y %H:%M:%S", now) .. " " .. shortFlowLabel(flow.getInfo())
  if conf.log_mode == "file" then
    local file = io.open(conf.log_file, "a")
    if file then
      file:write(line .. "\n")
      file:close()
    end
  else
    print(line .. "\n")
  end
end

return script
