return {
  title = "Pools that come and go",
  description = "Tells when a pool of hosts becomes active or silent",
  author = "spanwatch",
  dependencies = {},
}
