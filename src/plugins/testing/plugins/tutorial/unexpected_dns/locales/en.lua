return {
  title = "Unexpected DNS",
  description = "Alert on unexpected DNS servers",
  status_unexpected_dns_description = "Unexpected DNS server found:",
  alert_unexpected_dns_title = "Unexpected DNS found",
}
