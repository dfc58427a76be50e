return {
  title = "Listed addresses and names",
  description = "Tells when a device talks to an address or asks for a name that is on a list of bad ones. Lists are files in the folder lists; without any, nothing is told",
  author = "spanwatch",
  dependencies = {},
}
