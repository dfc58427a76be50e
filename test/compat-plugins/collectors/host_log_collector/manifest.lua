return {
  title = "Logs of hosts",
  description = "Alerts from syslog lines of hosts",
  author = "spanwatch",
  dependencies = {},
}
