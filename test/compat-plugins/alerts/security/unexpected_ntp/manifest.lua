return {
  title = "Unexpected NTP",
  description = "Tells when an unexpected NTP server is seen",
  author = "spanwatch",
  dependencies = {},
}
