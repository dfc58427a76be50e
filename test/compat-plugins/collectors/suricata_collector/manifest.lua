return {
  title = "Suricata",
  description = "Takes EVE lines of Suricata",
  author = "spanwatch",
  dependencies = {},
}
