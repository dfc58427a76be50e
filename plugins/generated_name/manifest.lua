return {
  title = "Names made by a machine",
  description = "Tells when a device asks for several names that look made up by a program, as malware does to find its master",
  author = "spanwatch",
  dependencies = {},
}
