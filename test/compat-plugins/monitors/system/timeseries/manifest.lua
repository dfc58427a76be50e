return {
  title = "Own figures",
  description = "Keeps memory and alert counters over time",
  author = "spanwatch",
  dependencies = {},
}
