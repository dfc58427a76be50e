return {
  title = "Slow activities",
  description = "Tells when a periodic activity is late or takes too long",
  author = "spanwatch",
  dependencies = {},
}
