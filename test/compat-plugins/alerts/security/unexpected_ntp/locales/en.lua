return {
  unexpected_ntp_title = "Unexpected NTP",
  unexpected_ntp_description = "Tells when a NTP server that is not in the list is seen",
  title = "Allowed NTP servers",
  description = "Comma separated addresses of allowed NTP servers, e.g. 8.8.8.8, 1.1.1.1",
  status_unexpected_ntp_description = "Unexpected NTP server found",
  alert_unexpected_ntp_title = "Unexpected NTP server",
}
