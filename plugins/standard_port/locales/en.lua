return {
  title = "Known protocol on a strange port",
  description = "Tells when a login or file protocol is spoken with the Internet on a port that is not its own, as one does to pass by a firewall",
  alert_title = "Known protocol on a strange port",
  input = "Expected ports",
  input_description = "Ports for which this is accepted, separated by commas",
  why = "%{client} speaks %{protocol} with %{server} on port %{port}, where another protocol belongs. This is done to pass by a firewall: look what program on %{client} does so, or accept port %{port} in the settings of this check",
}
