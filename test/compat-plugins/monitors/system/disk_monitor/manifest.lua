return {
  title = "Disk",
  description = "Keeps an eye on the volume",
  author = "spanwatch",
  dependencies = {},
}
