return {
  title = "Unwanted countries",
  description = "Tells when client or server of a flow is in one of the listed countries",
  author = "spanwatch",
  dependencies = {},
}
