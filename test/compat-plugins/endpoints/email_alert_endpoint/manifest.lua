return {
  title = "Email",
  description = "Sends alerts by mail",
  author = "spanwatch",
  dependencies = {},
}
