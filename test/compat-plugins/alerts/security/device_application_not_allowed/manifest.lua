return {
  title = "Protocols of devices",
  description = "Protocols that a device of its kind should not speak",
  author = "spanwatch",
  dependencies = {},
}
