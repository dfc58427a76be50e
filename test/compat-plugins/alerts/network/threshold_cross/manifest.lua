return {
  title = "Thresholds",
  description = "Compares figures of hosts, networks and the interface with limits",
  author = "spanwatch",
  dependencies = {},
}
