return {
  title = "Remote to remote",
  description = "Flows between two hosts neither of which is local",
  author = "spanwatch",
  dependencies = {},
}
