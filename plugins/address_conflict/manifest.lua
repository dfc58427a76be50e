return {
  title = "Address taken over",
  description = "Tells when two devices answer for the same address in turn: a conflict, or somebody who reads along (ARP spoofing)",
  author = "spanwatch",
  dependencies = {},
}
