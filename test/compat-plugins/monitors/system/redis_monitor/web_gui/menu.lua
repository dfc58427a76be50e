return { label = "Redis", script = "redis_stats.lua", is_shown = function() return not ntop.isWindows() end }
