return {
  title = "Flow flood",
  description = "Hosts and networks that send or get too much of it",
  author = "spanwatch",
  dependencies = {},
}
