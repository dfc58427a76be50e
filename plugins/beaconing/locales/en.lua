return {
  title = "Calls home by the clock",
  description = "Tells when a device connects to a nameless address again and again at even intervals, as malware does to ask for orders",
  input_unit = "even calls in a row",
  alert_title = "Calls home by the clock",
  why = "%{client} connected to %{server} port %{port} %{value} times, every %{interval} s with a spread of %{spread} % (limit %{limit} calls). Nobody asked for a name of that address. Look at %{client} for a program that should not be there",
}
