return {
  title = "Port and host scans",
  description = "Tells when a device tries many ports of another one, or the same port of many, and gets no connection",
  input_unit = "failed tries in five minutes",
  alert_title = "Network scan",
  why_ports = "%{client} tried %{value} ports of %{server} within five minutes without a connection (limit %{limit}). If this is not a scan of your own, look at %{client} for unwanted software",
  why_hosts = "%{client} tried port %{port} of %{value} hosts within five minutes without a connection (limit %{limit}). If this is not a scan of your own, look at %{client} for unwanted software",
}
