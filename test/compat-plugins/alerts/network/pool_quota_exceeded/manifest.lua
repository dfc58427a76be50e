return {
  title = "Quotas of pools",
  description = "Tells when a pool has used up its share",
  author = "spanwatch",
  dependencies = {},
}
