return {
  title = "Names made by a machine",
  description = "Tells when a device asks for several names that look made up by a program, as malware does to find its master",
  input_unit = "such names in ten minutes",
  alert_title = "Names made by a machine",
  why = "%{client} asked for %{value} names that look made up by a program within ten minutes, such as %{name} (limit %{limit}). Malware finds its master this way: look at %{client}",
}
