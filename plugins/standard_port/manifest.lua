return {
  title = "Known protocol on a strange port",
  description = "Tells when a login or file protocol is spoken with the Internet on a port that is not its own, as one does to pass by a firewall",
  author = "spanwatch",
  dependencies = {},
}
