local format_utils = {}
function format_utils.formatEpochISO8601(epoch) return os.date("!%Y-%m-%dT%H:%M:%SZ", epoch or os.time()) end
function format_utils.formatEpoch(epoch) return formatEpoch(epoch) end
function format_utils.formatPastEpochShort(epoch) return os.date("%d/%m %H:%M:%S", epoch) end
function format_utils.formatValue(n) return formatValue(n) end
function format_utils.round(n, decimals) return round(n, decimals) end
function format_utils.secondsToTime(s) return secondsToTime(s) end
function format_utils.bytesToSize(n) return bytesToSize(n) end
function format_utils.bitsToSize(n) return bitsToSize(n) end
function format_utils.formatMillis(ms) return string.format("%.2f ms", tonumber(ms) or 0) end
return format_utils
