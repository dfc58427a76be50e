return {
  title = "Blacklisted",
  description = "Flows with hosts of a blacklist",
  author = "spanwatch",
  dependencies = {},
}
