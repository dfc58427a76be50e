return {
  title = "Example",
  description = "Shows every kind of script",
  author = "spanwatch",
  dependencies = {}, disabled = true,
}
