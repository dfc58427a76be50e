return {
  unexpected_smtp_title = "Unexpected SMTP",
  unexpected_smtp_description = "Tells when a SMTP server that is not in the list is seen",
  title = "Allowed SMTP servers",
  description = "Comma separated addresses of allowed SMTP servers, e.g. 8.8.8.8, 1.1.1.1",
  status_unexpected_smtp_description = "Unexpected SMTP server found",
  alert_unexpected_smtp_title = "Unexpected SMTP server",
}
