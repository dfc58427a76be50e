return {
  title = "Risks",
  description = "Alerts for the risks that protocol detection sees",
  author = "spanwatch",
  dependencies = {},
}
