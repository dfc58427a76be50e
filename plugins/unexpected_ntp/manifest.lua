return {
  title = "Unexpected NTP",
  description = "Tells when someone talks to an NTP server that is not on the list of allowed ones",
  author = "spanwatch",
  dependencies = {},
}
