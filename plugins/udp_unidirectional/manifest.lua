return {
  title = "One-sided UDP",
  description = "Tells when UDP is sent to a host that never answers",
  author = "spanwatch",
  dependencies = {},
}
