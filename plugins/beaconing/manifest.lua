return {
  title = "Calls home by the clock",
  description = "Tells when a device connects to a nameless address again and again at even intervals, as malware does to ask for orders",
  author = "spanwatch",
  dependencies = {},
}
