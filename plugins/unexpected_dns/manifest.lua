return {
  title = "Unexpected DNS",
  description = "Tells when someone asks a DNS server that is not on the list of allowed ones",
  author = "spanwatch",
  dependencies = {},
}
