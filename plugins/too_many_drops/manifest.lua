return {
  title = "Dropped packets",
  description = "Tells when the capture loses packets",
  author = "spanwatch",
  dependencies = {},
}
