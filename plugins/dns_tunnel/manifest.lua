return {
  title = "Data hidden in DNS",
  description = "Tells when a device asks for many long names below one domain, which is how data is carried past a firewall",
  author = "spanwatch",
  dependencies = {},
}
