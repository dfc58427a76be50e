return {
  title = "Allowed DHCP servers",
  description = "Addresses of the DHCP servers that may be used, separated by commas",
  unexpected_dhcp_title = "Unexpected DHCP",
  unexpected_dhcp_description = "Alerts when a DHCP server is used that is not on the list. Does nothing while the list is empty",
  status_unexpected_dhcp_description = "Unexpected DHCP server found: %{server}",
  alert_unexpected_dhcp_title = "Unexpected DHCP server",
}
