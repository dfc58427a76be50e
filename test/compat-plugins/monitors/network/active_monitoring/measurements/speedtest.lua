return {
  measurements = { {
    key = "speedtest", check = function() ntop.speedtest() end, collect_results = function() return {} end, granularities = { "hour" },
    force_host = "speedtest.net", unreachable_alert_i18n = "alert_messages.speedtest_failed", i18n_unit = "field_units.mbits", operator = "lt",
  } },
  setup = function() return ntop.hasSpeedtestSupport() end,
}
