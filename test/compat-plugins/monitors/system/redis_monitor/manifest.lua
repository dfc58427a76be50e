return {
  title = "Redis",
  description = "Health and size of the cache",
  author = "spanwatch",
  dependencies = {},
}
