return {
  title = "External alerts",
  description = "Alerts that an IDS put on a flow",
  author = "spanwatch",
  dependencies = {},
}
