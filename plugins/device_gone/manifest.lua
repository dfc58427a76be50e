return {
  title = "Device gone",
  description = "Watches over devices that must be there, and tells when one of them is silent for fifteen minutes",
  author = "spanwatch",
  dependencies = {},
}
