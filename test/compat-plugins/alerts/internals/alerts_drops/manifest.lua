return {
  title = "Lost alerts",
  description = "Tells when alerts were lost in a queue",
  author = "spanwatch",
  dependencies = {},
}
