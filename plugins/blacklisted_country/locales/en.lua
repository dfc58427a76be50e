return {
  title = "Countries",
  description = "Two-letter codes of the countries, separated by commas",
}
