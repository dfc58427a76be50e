return {
  title = "Scans",
  description = "Tells when a host sends SYN that nobody answers, or is the target of such a scan",
  author = "spanwatch",
  dependencies = {},
}
