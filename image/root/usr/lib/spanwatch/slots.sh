# Sourced: what root knows of the two slots and tells the service in /run/spanwatch-update/status, lines "key=value".
# history: /data/update-history, lines "time what version text", tab-separated, the newest last.
run=/run/spanwatch-update
history=/data/update-history
grubenv=/boot/esp/grub/grubenv
mkdir -p "$run" /data/slots
booted=$(sed -n 's/.*rauc\.slot=\([AB]\).*/\1/p' /proc/cmdline)
if [ "$booted" = A ]; then other=B; else other=A; fi
version=$(cat /etc/spanwatch-version)
env_of() { grub-editenv "$grubenv" list | sed -n "s/^$1=//p"; }

# remember WHAT VERSION TEXT: one line more in the history, which keeps 50.
remember() {
  printf '%s\t%s\t%s\t%s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$1" "$2" "$(printf '%s' "$3" | tr '\t\n' '  ' | cut -c1-300)" >> "$history"
  tail -50 "$history" > "$history.new" && sync "$history.new" && mv "$history.new" "$history"
  chmod 644 "$history"
}

# tell STATE PERCENT TEXT: replaces the status at once.
tell() {
  order=$(env_of ORDER)
  if [ "$(env_of "${other}_OK")" = 1 ]; then bootable=yes; else bootable=no; fi
  {
    printf 'state=%s\npercent=%s\ntext=%s\n' "$1" "$2" "$(printf '%s' "$3" | tr '\n' ' ' | cut -c1-300)"
    printf 'booted=%s\nversion=%s\nnext=%s\n' "$booted" "$version" "${order%% *}"
    printf 'other=%s\nother_version=%s\nother_bootable=%s\n' "$other" "$(cat "/data/slots/$other" 2>/dev/null)" "$bootable"
    if [ -e "$run/confirmed" ]; then echo confirmed=yes; else echo confirmed=no; fi
  } > "$run/status.new"
  chmod 644 "$run/status.new"
  mv "$run/status.new" "$run/status"
}
