return {
  title = "Unexpected SMTP",
  description = "Tells when someone talks to an SMTP server that is not on the list of allowed ones",
  author = "spanwatch",
  dependencies = {},
}
