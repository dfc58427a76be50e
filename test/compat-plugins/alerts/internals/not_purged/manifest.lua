return {
  title = "Flows that stayed",
  description = "Marks flows that should be gone",
  author = "spanwatch",
  dependencies = {},
}
