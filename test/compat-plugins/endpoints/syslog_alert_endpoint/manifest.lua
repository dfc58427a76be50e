return {
  title = "Syslog",
  description = "Sends alerts by syslog",
  author = "spanwatch",
  dependencies = {},
}
