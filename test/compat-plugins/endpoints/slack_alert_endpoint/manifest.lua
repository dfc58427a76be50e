return {
  title = "Slack",
  description = "Sends alerts to Slack",
  author = "spanwatch",
  dependencies = {},
}
