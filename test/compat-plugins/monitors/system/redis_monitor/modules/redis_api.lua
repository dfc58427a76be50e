local json = require("dkjson")
local redis_api = {}
local KEY = "ntopng.cache.redis.stats"
function redis_api.getStats()
  local status = ntop.getCacheStatus()
  local info = status["info"]
  return { memory = info["used_memory_rss"] or info["used_memory"], dbsize = status["dbsize"], health = "green", aof_enabled = info["aof_enabled"] }
end
function redis_api.getHits() return ntop.getCacheStats() end
function redis_api.keep(stats) ntop.setCache(KEY, json.encode(stats), 300) end
function redis_api.kept() return json.decode(ntop.getCache(KEY)) end
return redis_api
