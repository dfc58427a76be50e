return {
  title = "Ghost networks",
  description = "Networks that are on the wire and in no configuration",
  author = "spanwatch",
  dependencies = {},
}
