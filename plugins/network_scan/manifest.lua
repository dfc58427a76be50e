return {
  title = "Port and host scans",
  description = "Tells when a device tries many ports of another one, or the same port of many, and gets no connection",
  author = "spanwatch",
  dependencies = {},
}
