return {
  title = "Unexpected DHCP",
  description = "Tells when someone talks to a DHCP server that is not on the list of allowed ones",
  author = "spanwatch",
  dependencies = {},
}
