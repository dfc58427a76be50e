return {
  title = "One-way UDP",
  description = "UDP flows that nobody answers",
  author = "spanwatch",
  dependencies = {},
}
