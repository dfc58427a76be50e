return {
  title = "Passwords in the clear",
  description = "Tells when a user name and password travel where everyone on the way can read them",
  author = "spanwatch",
  dependencies = {},
}
