return {
  title = "Device gone",
  description = "Watches over devices that must be there, and tells when one of them is silent for fifteen minutes",
  alert_title = "Device gone",
  input = "Devices that must be there",
  input_description = "MAC addresses, separated by commas. Nothing is told while the list is empty",
  why = "%{device} has been silent for %{value} minutes (limit %{limit}); its last address was %{address}. Look whether it has power and a network",
}
