return {
  title = "Address taken over",
  description = "Tells when two devices answer for the same address in turn: a conflict, or somebody who reads along (ARP spoofing)",
  alert_title = "Two devices answer for one address",
  why = "%{device} and %{other} both answer for %{ip}: it changed hands %{value} times within ten minutes (limit %{limit}). Either both were given the same address, or one of them redirects the traffic of the other to read along. If %{ip} is your router, look at the other device first",
}
