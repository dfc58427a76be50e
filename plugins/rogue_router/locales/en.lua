return {
  title = "New IPv6 router",
  description = "Learns for a day which routers announce themselves by IPv6, and tells when another one does",
  input_unit = "hours to learn",
  alert_title = "New IPv6 router",
  why = "%{router} (%{mac}) announces itself as an IPv6 router; so far it was %{known}. Devices believe such a word at once and send it their traffic. If it is not yours, find %{mac} and unplug it",
}
