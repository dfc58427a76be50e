return {
  title = "Devices that come and go",
  description = "Tells of new devices and of those that appear and vanish",
  author = "spanwatch",
  dependencies = {},
}
