return {
  title = "Unexpected DNS",
  description = "Alerts on DNS servers that are not expected",
  author = "test",
  dependencies = {},
}
