return {
  title = "Address moved",
  description = "Tells when an address belongs to another device",
  author = "spanwatch",
  dependencies = {},
}
