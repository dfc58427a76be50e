return {
  title = "New device",
  description = "Learns for a day which devices there are, and tells of each one that comes later",
  author = "spanwatch",
  dependencies = {},
}
