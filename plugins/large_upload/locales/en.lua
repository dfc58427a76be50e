return {
  title = "Large uploads",
  description = "Tells when a device sends very much to one place on the Internet in a day, or much to an address without a name",
  input_unit = "MB to one place in a day",
  alert_title = "Large upload",
  why = "%{client} has sent %{value} to %{server} today and got %{back} back (limit %{limit}). If nobody meant to, take %{client} off the network and look what it sent",
  why_nameless = "%{client} has sent %{value} today to %{server}, an address that nobody called by a name, and got %{back} back (limit %{limit}). If nobody meant to, take %{client} off the network and look what it sent",
}
