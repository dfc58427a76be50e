return {
  title = "New device",
  description = "Learns for a day which devices there are, and tells of each one that comes later",
  input_unit = "hours to learn",
  alert_title = "New device",
  why = "%{device} was never seen before; its address is %{address}. It came %{learnt} hours after learning began (limit %{limit}). If you do not know it, find it: who has your Wi-Fi password?",
}
