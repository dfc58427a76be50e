# Sourced by image/build: squashfs, boot partition and disk image, without loop devices or mounting.
# Needs scripts/lib/tools.sh, base.sh and tree.sh.

# Sizes in MiB: an SD card of 2 GB holds it; the data partition grows to the rest on first boot.
BOOT_MB=128
SLOT_MB=${SPANWATCH_SLOT_MB:-384}
DATA_MB=64

GRUB_MODULES='part_gpt part_msdos fat ext2 squash4 gzio normal linux configfile search search_fs_file loadenv test echo reboot halt sleep regexp serial terminal minicmd'

# The five files that a Pi's boot ROM and firmware want. Licence: redistribution unmodified, to run a Raspberry Pi.
PI_FILES='bootcode.bin start.elf fixup.dat start4.elf fixup4.dat'
PI_DEB_SHA256=0094ced47a7fbb6a220ff83e7b43aa637a5d8f6802461e2e4e474597fb796f62

# make_slot TREE FILE; times are $SOURCE_DATE_EPOCH's. gzip, as GRUB reads neither zstd nor (fast) xz; kernel and initrd uncompressed, as it reads them slowly.
make_slot() {
  rm -f "$2"
  mksquashfs "$1" "$2" -noappend -no-progress -quiet -processors 2 \
    -comp gzip -Xcompression-level "${SPANWATCH_GZIP:-9}" -action 'uncompressed@name(vmlinuz)||name(initrd.img)' >/dev/null
  [ "$(stat -c %s "$2")" -le $((SLOT_MB * 1048576)) ] || { echo "the system has $(($(stat -c %s "$2") / 1048576)) MiB, a slot only $SLOT_MB" >&2; return 1; }
}

# boot_files ARCH FOLDER TREE: what lies on the boot partition. TEST=1 opens a root shell on a second serial port.
boot_files() {
  local arch=$1 into=$2 tree=$3 efi format dir
  rm -rf "$into"; mkdir -p "$into/EFI/BOOT" "$into/grub"
  case "$arch" in
    amd64) efi=BOOTX64.EFI format=x86_64-efi dir=/usr/lib/grub/x86_64-efi ;;
    arm64)
      efi=BOOTAA64.EFI format=arm64-efi
      compgen -G "$IMAGE_CACHE/debs-arm64/grub-efi-arm64-bin_*.deb" >/dev/null || fetch_debian arm64 "$IMAGE_CACHE/debs-arm64" grub-efi-arm64-bin u-boot-rpi
      rm -rf "$WORK/grub"; mkdir -p "$WORK/grub"
      dpkg-deb -x "$IMAGE_CACHE"/debs-arm64/grub-efi-arm64-bin_*.deb "$WORK/grub"
      dir=$WORK/grub/usr/lib/grub/arm64-efi ;;
  esac
  # The marker tells our boot partition from that of another disk.
  printf 'search --no-floppy --file --set=root /grub/spanwatch\nset prefix=($root)/grub\nconfigfile /grub/grub.cfg\n' > "$WORK/early.cfg"
  grub-mkimage -O "$format" -d "$dir" -o "$into/EFI/BOOT/$efi" -c "$WORK/early.cfg" -p /grub $GRUB_MODULES
  echo spanwatch > "$into/grub/spanwatch"
  set -- $(part_ids "$arch")
  local test='# (nothing here in a release)'
  [ -z "${TEST:-}" ] || test='set extra="systemd.debug_shell=ttyS1 $extra"'
  sed "s|@A@|$2|; s|@B@|$3|; s|^@TEST@\$|$test|" image/grub.cfg > "$into/grub/grub.cfg"
  grub-editenv "$into/grub/grubenv" create
  grub-editenv "$into/grub/grubenv" set ORDER='A B' A_OK=1 B_OK=0 A_TRY=0 B_TRY=0
  cp image/spanwatch.txt "$into/spanwatch.txt.example"
  [ "$arch" != arm64 ] || pi_files "$into" "$tree"
}

# pi_files FOLDER TREE: Raspberry Pi 3 and 4. The firmware's package is fetched, or given by $PI_FIRMWARE (a folder or .deb).
pi_files() {
  local into=$1 tree=$2 from=$WORK/pi file deb
  rm -rf "$from"; mkdir -p "$from"
  if [ -d "${PI_FIRMWARE:-}" ]; then
    cp -r "$PI_FIRMWARE" "$from/boot"
  else
    deb=${PI_FIRMWARE:-}
    if [ -z "$deb" ]; then
      compgen -G "$IMAGE_CACHE/debs-arm64/raspi-firmware_*.deb" >/dev/null || fetch_debian arm64 "$IMAGE_CACHE/debs-arm64" raspi-firmware || {
        echo 'left out: the Raspberry Pi firmware cannot be fetched; give it by PI_FIRMWARE. The image is for virtual machines only' >&2; return 0; }
      deb=$(compgen -G "$IMAGE_CACHE/debs-arm64/raspi-firmware_*.deb" | head -1)
    fi
    echo "$PI_DEB_SHA256  $deb" | sha256sum --check --status || { echo "the Raspberry Pi firmware in $deb does not have the pinned checksum" >&2; return 1; }
    dpkg-deb -x "$deb" "$from"
    file=$(find "$from" -name start4.elf | head -1)
    mkdir -p "$from/boot"
    for file in $PI_FILES; do cp "$(find "$from/usr" -name "$file" | head -1)" "$from/boot/"; done
    cp "$from/usr/share/doc/raspi-firmware/copyright" "$into/LICENCE.raspberrypi"
  fi
  for file in $PI_FILES; do cp "$from/boot/$file" "$into/"; done
  dpkg-deb -x "$IMAGE_CACHE"/debs-arm64/u-boot-rpi_*.deb "$from/u-boot"
  cp "$from/u-boot/usr/lib/u-boot/rpi_arm64/u-boot.bin" "$into/u-boot.bin"
  cp "$tree"/usr/lib/linux-image-*/broadcom/bcm2{710,711,837}*.dtb "$into/"
  printf '# Firmware -> U-Boot -> GRUB -> slot\narm_64bit=1\nkernel=u-boot.bin\nenable_uart=1\nupstream_kernel=1\ngpu_mem=16\n' > "$into/config.txt"
}

# make_disk ARCH SLOT BOOTFOLDER FILE
make_disk() {
  local arch=$1 slot=$2 boot=$3 out=$4 dir=$WORK/disk
  set -- $(part_ids "$arch")
  rm -rf "$dir"; mkdir -p "$dir"
  rm -f "$out"
  truncate -s $((1 + BOOT_MB + SLOT_MB * 2 + DATA_MB + 1))M "$out"
  if [ "$arch" = amd64 ]; then
    sfdisk -q "$out" <<S
label: gpt
label-id: 5a4e0000-0000-4000-8000-7370616e7700
start=1MiB, size=${BOOT_MB}MiB, type=U, uuid=$1, name=boot
size=${SLOT_MB}MiB, type=4f68bce3-e8cd-4db1-96e7-fbcaf984b709, uuid=$2, name=rootA
size=${SLOT_MB}MiB, type=4f68bce3-e8cd-4db1-96e7-fbcaf984b709, uuid=$3, name=rootB
size=${DATA_MB}MiB, type=L, uuid=$4, name=data
S
  else
    sfdisk -q "$out" <<S
label: dos
label-id: 0x${1%-01}
start=1MiB, size=${BOOT_MB}MiB, type=0c, bootable
size=${SLOT_MB}MiB, type=83
size=${SLOT_MB}MiB, type=83
size=${DATA_MB}MiB, type=83
S
  fi
  truncate -s "${BOOT_MB}M" "$dir/boot"
  mkfs.vfat -F 32 -n SPANWATCH -i 7370616e --invariant "$dir/boot" >/dev/null
  find "$boot" -exec touch -d "@$SOURCE_DATE_EPOCH" {} +
  mcopy -s -m -i "$dir/boot" "$boot"/* ::/
  E2FSPROGS_FAKE_TIME=$SOURCE_DATE_EPOCH mkfs.ext4 -q -F -L data -O metadata_csum -U 5a4e0000-0004-4000-8000-7370616e7704 \
    -E hash_seed=5a4e0000-0004-4000-8000-7370616e7705,lazy_itable_init=0 "$dir/data" "${DATA_MB}M"
  dd if="$dir/boot" of="$out" bs=1M seek=1 conv=notrunc,sparse status=none
  dd if="$slot" of="$out" bs=1M seek=$((1 + BOOT_MB)) conv=notrunc,sparse status=none
  dd if="$dir/data" of="$out" bs=1M seek=$((1 + BOOT_MB + SLOT_MB * 2)) conv=notrunc,sparse status=none
  rm -rf "$dir"
}
