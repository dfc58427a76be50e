return {
  title = "Unexpected SMTP",
  description = "Tells when an unexpected SMTP server is seen",
  author = "spanwatch",
  dependencies = {},
}
