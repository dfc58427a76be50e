return {
  title = "SMB version 1",
  description = "Tells when file sharing of the 1980s is spoken, through which WannaCry and others spread",
  alert_title = "SMB version 1",
  input = "Expected",
  input_description = "Addresses of servers that know no better, separated by commas",
  why = "%{client} and %{server} speak SMB version 1, which has known holes and no encryption. Switch it off at %{server}, or update it; if it can do no better, accept it in the settings of this check and keep it away from the Internet",
}
