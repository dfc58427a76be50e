return {
  title = "Tor and unexpected VPN",
  description = "Tells when a device hides where it connects to: Tor, or a VPN that is not on the list of expected ones",
  alert_title = "Tor or unexpected VPN",
  input = "Expected",
  input_description = "Addresses of devices or VPN servers that may, separated by commas",
  why = "%{client} uses %{protocol} with %{server}: what it does inside cannot be seen, and passes by every rule of this network. If it may, add %{client} or %{server} to the expected ones in the settings of this check",
}
