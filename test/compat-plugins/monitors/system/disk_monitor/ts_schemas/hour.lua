local ts_utils = require("ts_utils_core")
local schema = ts_utils.newSchema("system:disk", { step = 3600, metrics_type = ts_utils.metrics.gauge })
schema:addTag("ifid")
schema:addMetric("used_bytes")
