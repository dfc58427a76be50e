return {
  title = "Allowed NTP servers",
  description = "Addresses of the NTP servers that may be used, separated by commas",
  unexpected_ntp_title = "Unexpected NTP",
  unexpected_ntp_description = "Alerts when an NTP server is used that is not on the list. Does nothing while the list is empty",
  status_unexpected_ntp_description = "Unexpected NTP server found: %{server}",
  alert_unexpected_ntp_title = "Unexpected NTP server",
}
