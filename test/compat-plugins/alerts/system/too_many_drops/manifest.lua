return {
  title = "Dropped packets",
  description = "Tells when too many packets are lost",
  author = "spanwatch",
  dependencies = {},
}
