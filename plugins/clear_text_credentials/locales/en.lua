return {
  title = "Passwords in the clear",
  description = "Tells when a user name and password travel where everyone on the way can read them",
  alert_title = "Password in the clear",
  input = "Servers that may",
  input_description = "Addresses of servers for which this is accepted, separated by commas",
  why = "%{client} logged in at %{server} with %{protocol}, without encryption: user name and password can be read by everyone on the way (limit: none may). Switch the server to the encrypted form of %{protocol}, or accept this server in the settings of this check",
}
