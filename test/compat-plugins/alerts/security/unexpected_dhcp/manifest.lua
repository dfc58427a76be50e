return {
  title = "Unexpected DHCP",
  description = "Tells when an unexpected DHCP server is seen",
  author = "spanwatch",
  dependencies = {},
}
