return {
  title = "New IPv6 router",
  description = "Learns for a day which routers announce themselves by IPv6, and tells when another one does",
  author = "spanwatch",
  dependencies = {},
}
