return {
  title = "New DHCP server",
  description = "Learns for a day which servers hand out addresses, and tells when another one does",
  author = "spanwatch",
  dependencies = {},
}
