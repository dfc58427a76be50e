return {
  title = "Risky flows",
  description = "Tells when one of the selected risks is found on a flow",
  author = "spanwatch",
  dependencies = {},
}
