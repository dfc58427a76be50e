return {
  unexpected_dns_title = "Unexpected DNS",
  unexpected_dns_description = "Alert on unexpected DNS servers",
  title = "Allowed servers",
  description = "Comma separated addresses",
  status_unexpected_dns_description = "Unexpected DNS server found:",
  alert_unexpected_dns_title = "Unexpected DNS found",
}
