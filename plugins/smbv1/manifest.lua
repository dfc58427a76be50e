return {
  title = "SMB version 1",
  description = "Tells when file sharing of the 1980s is spoken, through which WannaCry and others spread",
  author = "spanwatch",
  dependencies = {},
}
