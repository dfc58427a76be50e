return {
  title = "Mining",
  description = "Flows of the category Mining",
  author = "spanwatch",
  dependencies = {},
}
