return {
  title = "Guessed passwords",
  description = "Tells when someone logs in again and again: many short sessions to the same service that asks for a password",
  author = "spanwatch",
  dependencies = {},
}
