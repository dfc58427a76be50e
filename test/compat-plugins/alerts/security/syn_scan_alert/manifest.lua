return {
  title = "Syn scan",
  description = "Hosts and networks that send or get too much of it",
  author = "spanwatch",
  dependencies = {},
}
