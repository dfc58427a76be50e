return {
  unexpected_dns_title = "Unexpected DNS",
  unexpected_dns_description = "Tells when a DNS server that is not in the list is seen",
  title = "Allowed DNS servers",
  description = "Comma separated addresses of allowed DNS servers, e.g. 8.8.8.8, 1.1.1.1",
  status_unexpected_dns_description = "Unexpected DNS server found",
  alert_unexpected_dns_title = "Unexpected DNS server",
}
