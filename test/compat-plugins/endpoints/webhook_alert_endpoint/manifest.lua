return {
  title = "Webhook",
  description = "Posts alerts as JSON",
  author = "spanwatch",
  dependencies = {},
}
