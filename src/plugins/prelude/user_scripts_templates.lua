-- Names of the input builders; the forms themselves are drawn and checked by the appliance.
local templates = {}
for _, name in ipairs({ "default", "threshold_cross", "items_list", "multi_select", "long_lived", "elephant_flows", "flow_mud" }) do
  templates[name] = { name = name, parseConfig = function(_, _, conf) return true, conf end, describeConfig = function() return "" end }
end
return templates
