return {
  unexpected_dhcp_title = "Unexpected DHCP",
  unexpected_dhcp_description = "Tells when a DHCP server that is not in the list is seen",
  title = "Allowed DHCP servers",
  description = "Comma separated addresses of allowed DHCP servers, e.g. 8.8.8.8, 1.1.1.1",
  status_unexpected_dhcp_description = "Unexpected DHCP server found",
  alert_unexpected_dhcp_title = "Unexpected DHCP server",
}
