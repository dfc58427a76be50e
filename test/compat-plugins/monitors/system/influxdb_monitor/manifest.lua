return {
  title = "InfluxDB",
  description = "Health of the time series store",
  author = "spanwatch",
  dependencies = {},
}
