return {
  title = "Guessed passwords",
  description = "Tells when someone logs in again and again: many short sessions to the same service that asks for a password",
  input_unit = "short sessions in ten minutes",
  alert_title = "Passwords are being guessed",
  why = "%{client} opened %{value} short %{protocol} sessions to %{server} within ten minutes (limit %{limit}), as one does to guess a password. Block %{client} if it is not yours, and look at the logins of %{server}",
}
