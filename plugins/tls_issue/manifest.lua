return {
  title = "Weak or expired TLS",
  description = "Tells when an encrypted connection to the Internet is not to be trusted: certificate expired or signed by itself, TLS older than 1.2, or a broken cipher",
  author = "spanwatch",
  dependencies = {},
}
