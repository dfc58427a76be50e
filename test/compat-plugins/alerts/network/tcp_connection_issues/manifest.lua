return {
  title = "TCP trouble",
  description = "Retransmissions, disorder and poor goodput",
  author = "spanwatch",
  dependencies = {},
}
