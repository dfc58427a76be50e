return {
  title = "Listed addresses and names",
  description = "Tells when a device talks to an address or asks for a name that is on a list of bad ones. Lists are files in the folder lists; without any, nothing is told",
  alert_title = "Listed address or name",
  input = "Never told of",
  input_description = "Addresses or names that are accepted although a list has them, separated by commas",
  why = "%{client} talks to %{what}, which is on the list %{list}. Look what program on %{client} does so; if the list is wrong, add %{what} to the accepted ones in the settings of this check",
  why_in = "%{what}, which is on the list %{list}, talks to %{server}. Look whether a port of %{server} is open to the Internet that need not be",
}
