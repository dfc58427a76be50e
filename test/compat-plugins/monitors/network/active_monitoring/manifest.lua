return {
  title = "Active monitoring",
  description = "Measures how far hosts are",
  author = "spanwatch",
  dependencies = {},
  data_dirs = { "measurements" },
}
