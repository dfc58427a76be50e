return {
  title = "Allowed SMTP servers",
  description = "Addresses of the SMTP servers that may be used, separated by commas",
  unexpected_smtp_title = "Unexpected SMTP",
  unexpected_smtp_description = "Alerts when an SMTP server is used that is not on the list. Does nothing while the list is empty",
  status_unexpected_smtp_description = "Unexpected SMTP server found: %{server}",
  alert_unexpected_smtp_title = "Unexpected SMTP server",
}
