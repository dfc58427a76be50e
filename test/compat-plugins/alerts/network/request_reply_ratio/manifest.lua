return {
  title = "Requests without replies",
  description = "Compares replies with requests of DNS and HTTP",
  author = "spanwatch",
  dependencies = {},
}
