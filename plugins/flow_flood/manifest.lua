return {
  title = "Floods of flows",
  description = "Tells when a host opens too many flows, or too many are opened towards it",
  author = "spanwatch",
  dependencies = {},
}
