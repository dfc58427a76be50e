return {
  title = "Unexpected DNS",
  description = "Tells when an unexpected DNS server is seen",
  author = "spanwatch",
  dependencies = {},
}
