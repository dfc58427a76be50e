return {
  title = "Allowed DNS servers",
  description = "Addresses of the DNS servers that may be asked, separated by commas",
  unexpected_dns_title = "Unexpected DNS",
  unexpected_dns_description = "Alerts when a DNS server answers or is asked that is not on the list. Does nothing while the list is empty",
  status_unexpected_dns_description = "Unexpected DNS server found: %{server}",
  alert_unexpected_dns_title = "Unexpected DNS server",
}
