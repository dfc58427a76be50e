return {
  title = "Changed topology",
  description = "Tells when neighbours of an SNMP device change",
  author = "spanwatch",
  dependencies = {},
}
