# Sourced by image/build: what becomes the squashfs of a slot. Needs scripts/lib/tools.sh, base.sh and kernel.sh.

# make_tree ARCH VERSION TREE: Debian's base, the kernel, the executable, our files; then what nobody needs is taken out.
make_tree() {
  local arch=$1 version=$2 tree=$3 name unit base
  case "$arch" in amd64) name=x64 ;; arm64) name=arm64 ;; esac
  say "putting the system together for $arch"
  rm -rf "$tree"
  base=$(base_tree "$arch") || return 1
  cp -a --reflink=auto "$base" "$tree"
  add_kernel "$arch" "$tree"

  install -D -m755 "dist/spanwatch-$name" "$tree/usr/bin/spanwatch"
  install -D -m644 image/spanwatch.service "$tree/usr/lib/systemd/system/spanwatch.service"
  install -D -m644 image/spanwatch.sysusers "$tree/usr/lib/sysusers.d/spanwatch.conf"
  cp -r --no-preserve=ownership image/root/. "$tree/"
  echo "$version" > "$tree/etc/spanwatch-version"
  printf 'BOOT=%s\nA=%s\nB=%s\nDATA=%s\n' $(part_ids "$arch") > "$tree/etc/spanwatch-partitions"
  # A fixed number: files on the data partition outlive the system that made them.
  echo 'spanwatch:x:890:890:spanwatch:/var/lib/spanwatch:/usr/sbin/nologin' >> "$tree/etc/passwd"
  echo 'spanwatch:x:890:' >> "$tree/etc/group"
  echo 'spanwatch:!*:19000::::::' >> "$tree/etc/shadow"

  mkdir -p "$tree/data" "$tree/boot/esp"
  mounts "$arch" > "$tree/etc/fstab"
  local data_unit
  data_unit=$(systemd-escape -p "/dev/disk/by-partuuid/$(part_ids "$arch" | cut -d' ' -f4)")
  sed -i "s|@DATA_UNIT@|${data_unit//\\/\\\\}|g" "$tree/usr/lib/systemd/system/spanwatch-grow.service"

  mkdir -p "$tree/etc/rauc"
  rauc_config "$arch" > "$tree/etc/rauc/system.conf"
  cp "$KEYS/ca.crt" "$tree/etc/rauc/ca.crt"

  ln -sf /run/systemd/resolve/stub-resolv.conf "$tree/etc/resolv.conf"
  # Empty: each start has an identity of its own in memory; the root is read-only.
  : > "$tree/etc/machine-id"
  rm -f "$tree/var/lib/dbus/machine-id"
  local wants=$tree/etc/systemd/system/multi-user.target.wants
  mkdir -p "$wants" "$tree/etc/systemd/system/"{timers,local-fs}.target.wants
  for unit in spanwatch.service spanwatch-network.service spanwatch-network.path spanwatch-good.service spanwatch-update.path systemd-networkd.service systemd-resolved.service; do
    ln -sf "/usr/lib/systemd/system/$unit" "$wants/$unit"
  done
  ln -sf /usr/lib/systemd/system/spanwatch-grow.service "$tree/etc/systemd/system/local-fs.target.wants/"
  ln -sf /usr/lib/systemd/system/spanwatch-probation.timer "$tree/etc/systemd/system/timers.target.wants/"
  for unit in apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer e2scrub_reap.service fstrim.timer \
    remote-fs.target systemd-pstore.service getty@tty1.service systemd-networkd-wait-online.service; do
    find "$tree/etc/systemd/system" -name "$unit" -type l -delete
  done
  for unit in systemd-networkd-wait-online.service systemd-update-utmp.service systemd-update-utmp-runlevel.service rauc-mark-good.service \
    ldconfig.service systemd-journal-catalog-update.service systemd-hwdb-update.service; do
    ln -sf /dev/null "$tree/etc/systemd/system/$unit"
  done
  take_out "$tree"
}

# part_ids ARCH: PARTUUIDs of boot, A, B and data. Fixed: slots are the same bytes in every image.
part_ids() {
  case "$1" in
    amd64) echo 5a4e0000-0001-4000-8000-7370616e7701 5a4e0000-0002-4000-8000-7370616e7702 5a4e0000-0003-4000-8000-7370616e7703 5a4e0000-0004-4000-8000-7370616e7704 ;;
    # Numbered after the disk's signature: a Raspberry Pi 3 reads no other partition table than the old one.
    arm64) echo 5a4e7377-01 5a4e7377-02 5a4e7377-03 5a4e7377-04 ;;
  esac
}

mounts() {
  set -- $(part_ids "$1")
  cat <<F
PARTUUID=$4 /data ext4 noatime,lazytime,nosuid,nodev,errors=remount-ro,commit=30,x-systemd.growfs 0 2
PARTUUID=$1 /boot/esp vfat noauto,umask=077,nosuid,nodev,noexec,flush,x-systemd.automount,x-systemd.idle-timeout=30 0 0
tmpfs /var tmpfs mode=0755,nosuid,nodev,size=20% 0 0
tmpfs /tmp tmpfs mode=1777,nosuid,nodev,noexec,size=20% 0 0
/data/spanwatch /var/lib/spanwatch none bind,x-systemd.requires-mounts-for=/data,x-systemd.requires=spanwatch-data.service 0 0
F
}

rauc_config() {
  local arch=$1
  set -- $(part_ids "$arch")
  cat <<F
[system]
compatible=spanwatch-$arch
bootloader=grub
grubenv=/boot/esp/grub/grubenv
statusfile=/data/rauc.status
mountprefix=/run/rauc
bundle-formats=verity
[keyring]
path=ca.crt
[slot.rootfs.0]
device=/dev/disk/by-partuuid/$2
type=raw
bootname=A
[slot.rootfs.1]
device=/dev/disk/by-partuuid/$3
type=raw
bootname=B
F
}

# take_out TREE: packaging, documentation but for licences, languages; and the build machine's list of sources.
take_out() {
  local tree=$1
  rm -rf "$tree"/etc/apt "$tree"/usr/lib/apt "$tree"/var/lib/{apt,dpkg}/* "$tree"/var/cache/* "$tree"/var/log/* \
    "$tree"/usr/share/{perl*,locale,man,doc-base,info,bash-completion,lintian,bug,grub,i18n,gdb,pixmaps,menu,zsh} \
    "$tree"/usr/lib/grub "$tree"/usr/lib/*/perl* "$tree"/usr/lib/*/libperl* "$tree"/usr/lib/*/gconv "$tree"/etc/grub.d \
    "$tree"/usr/bin/grub-{mk*,render*,syslinux*,menu*,script*,glue*,fs*,file*,kb*,mount*} "$tree"/usr/lib/udev/hwdb.d "$tree"/usr/lib/udev/hwdb.bin
  rm -f "$tree"/usr/bin/{apt*,dpkg*,perl*} "$tree"/usr/bin/qemu-*-static
  find "$tree/usr/share/zoneinfo" -maxdepth 1 \( -name right -o -name posix \) -exec rm -rf {} +
  rm -rf "$tree"/dev/* "$tree"/tmp/* "$tree"/run/*
}
