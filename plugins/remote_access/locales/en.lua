return {
  title = "Remote access",
  description = "Tells when somebody on the Internet reaches a login of this network, or a device lets itself be steered from outside by TeamViewer, AnyDesk and the like",
  alert_title = "Remote access",
  input = "Expected",
  input_description = "Addresses that may reach in, or devices that may be steered, separated by commas",
  why_in = "%{client} on the Internet reached %{protocol} of %{server} (port %{port}) and a connection came about. Logins that the Internet can reach are tried day and night: close the port, or reach it by VPN",
  why_out = "%{client} uses %{protocol} (%{server}): whoever holds the other end can steer it. If it may, add %{client} to the expected ones in the settings of this check; otherwise remove the program",
}
