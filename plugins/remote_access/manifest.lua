return {
  title = "Remote access",
  description = "Tells when somebody on the Internet reaches a login of this network, or a device lets itself be steered from outside by TeamViewer, AnyDesk and the like",
  author = "spanwatch",
  dependencies = {},
}
