return {
  title = "New DHCP server",
  description = "Learns for a day which servers hand out addresses, and tells when another one does",
  input_unit = "hours to learn",
  alert_title = "New DHCP server",
  why = "%{server} (%{mac}) answers as a DHCP server; so far it was %{known}. A second one sends devices to a false router or name server. If it is not yours, find %{mac} and unplug it; often it is a router that was plugged in the wrong way round",
}
