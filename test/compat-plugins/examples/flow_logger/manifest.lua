return {
  title = "Flow logger",
  description = "Writes a line for every flow",
  author = "spanwatch",
  dependencies = {},
}
