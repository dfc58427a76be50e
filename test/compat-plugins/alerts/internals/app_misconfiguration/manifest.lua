return {
  title = "Limits reached",
  description = "Tells when the table of flows or hosts is full",
  author = "spanwatch",
  dependencies = {},
}
