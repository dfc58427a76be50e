return {
  title = "Large uploads",
  description = "Tells when a device sends very much to one place on the Internet in a day, or much to an address without a name",
  author = "spanwatch",
  dependencies = {},
}
