return {
  title = "Remote to remote",
  description = "Tells when neither client nor server of a flow is in a local network",
  author = "spanwatch",
  dependencies = {},
}
