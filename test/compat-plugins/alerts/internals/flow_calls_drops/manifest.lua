return {
  title = "Skipped flow scripts",
  description = "Tells when calls of flow scripts were skipped",
  author = "spanwatch",
  dependencies = {},
}
