return {
  title = "Slow purge",
  description = "Tells when idle entries are not taken away",
  author = "spanwatch",
  dependencies = {},
}
