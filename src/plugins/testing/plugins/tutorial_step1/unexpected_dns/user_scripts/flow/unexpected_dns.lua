local user_scripts = require("user_scripts")
local script = {
  category = user_scripts.script_categories.security,
  l7_proto_id = 5,
  hooks = {},
}
function script.hooks.protocolDetected(now, conf)
  io.write("DNS Protocol Detected\n")
end
return script
