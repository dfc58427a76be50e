return {
  title = "Discord",
  description = "Sends alerts to a Discord webhook",
  author = "spanwatch",
  dependencies = {},
}
