return {
  title = "Countries",
  description = "Flows with countries of a list",
  author = "spanwatch",
  dependencies = {},
}
