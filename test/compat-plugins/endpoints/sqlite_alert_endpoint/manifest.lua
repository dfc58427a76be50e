return {
  title = "Sqlite",
  description = "Keeps alerts in the database",
  author = "spanwatch",
  dependencies = {},
}
