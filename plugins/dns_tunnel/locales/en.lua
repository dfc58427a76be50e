return {
  title = "Data hidden in DNS",
  description = "Tells when a device asks for many long names below one domain, which is how data is carried past a firewall",
  input_unit = "long names below one domain in ten minutes",
  alert_title = "Data hidden in DNS",
  why = "%{client} asked for %{value} different long names below %{domain} within ten minutes (limit %{limit}). Data is carried out this way: look at %{client}, and at who owns %{domain}",
}
