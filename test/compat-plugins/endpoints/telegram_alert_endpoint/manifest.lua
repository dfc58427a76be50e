return {
  title = "Telegram",
  description = "Sends alerts to a Telegram chat",
  author = "spanwatch",
  dependencies = {},
}
