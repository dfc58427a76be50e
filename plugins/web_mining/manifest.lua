return {
  title = "Mining",
  description = "Tells when a device of the network mines crypto currency",
  author = "spanwatch",
  dependencies = {},
}
