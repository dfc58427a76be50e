return {
  title = "Tor and unexpected VPN",
  description = "Tells when a device hides where it connects to: Tor, or a VPN that is not on the list of expected ones",
  author = "spanwatch",
  dependencies = {},
}
