# Sourced by image/build: Debian's kernel without its package's scripts, and an initramfs of our own (busybox, the modules
# that lead to a disk, image/initramfs/init). Both are made on the build machine, for either architecture, in seconds.
# Needs scripts/lib/tools.sh and image/lib/base.sh.

# Everything that may stand between the kernel and the partition of a slot, and the hardware watchdogs. What the machine
# has is loaded by its modalias; names without hardware cost some kilobytes.
BOOT_MODULES='squashfs virtio_blk virtio_pci virtio_mmio virtio_scsi sd_mod sr_mod ahci ahci_platform ata_piix nvme
  sdhci_pci sdhci_acpi sdhci_iproc sdhci_pltfm bcm2835 mmc_block usb_storage uas xhci_pci xhci_hcd xhci_plat_hcd ehci_pci ehci_platform ohci_pci dwc2
  gpio_regulator fixed gpio_raspberrypi_exp raspberrypi_hwmon clk_raspberrypi raspberrypi_power bcm2835_dma pcie_brcmstb reset_raspberrypi phy_generic
  mptspi mptsas megaraid_sas vmw_pvscsi hv_storvsc hv_vmbus xen_blkfront
  i6300esb iTCO_wdt sp5100_tco bcm2835_wdt softdog'

# Not needed by a box that watches a wire; what is left are all wired network cards, disks, USB, watchdogs and the basics.
UNUSED_MODULES='sound drivers/gpu drivers/media drivers/infiniband drivers/staging drivers/iio drivers/isdn drivers/bluetooth drivers/comedi
  drivers/gnss drivers/hwtracing drivers/accessibility drivers/edac drivers/firewire drivers/fpga drivers/greybus drivers/hsi drivers/ipack
  drivers/macintosh drivers/memstick drivers/mtd drivers/nfc drivers/ntb drivers/parport drivers/pcmcia drivers/rapidio drivers/soundwire
  drivers/target drivers/thunderbolt drivers/vhost drivers/video drivers/w1 drivers/xen drivers/android drivers/atm drivers/auxdisplay drivers/cxl
  drivers/dax drivers/dca drivers/mcb drivers/most drivers/nvdimm drivers/ufs drivers/vfio drivers/uio drivers/input drivers/crypto
  drivers/net/wireless drivers/net/can drivers/net/wwan drivers/net/hamradio drivers/net/arcnet drivers/net/fddi drivers/net/hippi
  drivers/net/ieee802154 drivers/net/wan drivers/net/fjes drivers/net/thunderbolt drivers/net/plip drivers/net/slip drivers/net/appletalk
  fs/ocfs2 fs/xfs fs/btrfs fs/ceph fs/cifs fs/smb fs/nfs fs/nfsd fs/gfs2 fs/afs fs/dlm fs/jfs fs/reiserfs fs/f2fs fs/ubifs fs/jffs2 fs/coda
  fs/hfs fs/hfsplus fs/udf fs/nilfs2 fs/orangefs fs/9p fs/ntfs3 fs/ntfs fs/affs fs/befs fs/bfs fs/minix fs/omfs fs/qnx4 fs/qnx6 fs/romfs fs/sysv
  fs/adfs fs/efs fs/ecryptfs fs/hpfs fs/zonefs fs/erofs fs/isofs fs/lockd fs/vboxsf fs/netfs fs/fscache fs/cachefiles fs/smbfs_common fs/exfat
  net/sctp net/rds net/tipc net/batman-adv net/bluetooth net/can net/ceph net/dccp net/mac80211 net/wireless net/nfc net/sunrpc net/rxrpc net/9p
  net/atm net/ax25 net/rose net/netrom net/appletalk net/l2tp net/openvswitch net/mpls net/ieee802154 net/6lowpan net/mac802154 net/smc net/x25
  net/lapb net/phonet net/kcm net/ife net/nsh net/hsr'

# add_kernel ARCH TREE: the kernel into TREE/boot/vmlinuz and TREE/usr/lib/modules, then TREE/boot/initrd.img.
add_kernel() {
  local arch=$1 tree=$2 debs=$IMAGE_CACHE/debs-$1 name kver drop
  name=linux-image-$arch
  if ! compgen -G "$debs/linux-image-[0-9]*.deb" >/dev/null; then
    fetch_debian "$arch" "$debs" "$name"
    name=$(dpkg-deb -f "$debs/$name"_*.deb Depends | grep -o 'linux-image-[0-9][^ ,]*' | head -1)
    fetch_debian "$arch" "$debs" "$name" busybox-static
  fi
  local work=$WORK/kernel
  rm -rf "$work"; mkdir -p "$work"
  dpkg-deb -x "$debs"/linux-image-[0-9]*.deb "$work"
  kver=$(basename "$work"/lib/modules/*)
  install -D -m644 "$work/boot/vmlinuz-$kver" "$tree/boot/vmlinuz"
  mkdir -p "$tree/usr/lib/modules"
  cp -a "$work/lib/modules/$kver" "$tree/usr/lib/modules/"
  if [ "$arch" = arm64 ]; then
    mkdir -p "$tree/usr/lib/linux-image-$kver"
    cp -a "$work/usr/lib/linux-image-$kver/broadcom" "$tree/usr/lib/linux-image-$kver/"
  fi
  # The initramfs first: it takes what it needs from the whole.
  depmod -b "$tree/usr" "$kver" 2>/dev/null || depmod -b "$tree" "$kver"
  make_initramfs "$arch" "$tree" "$kver" "$debs"
  for drop in $UNUSED_MODULES; do rm -rf "$tree/usr/lib/modules/$kver/kernel/$drop"; done
  depmod -b "$tree" "$kver"
  KERNEL_VERSION=$kver
}

# make_initramfs ARCH TREE KVER DEBS
make_initramfs() {
  local arch=$1 tree=$2 kver=$3 debs=$4 root=$WORK/initramfs module file lib
  rm -rf "$root"
  mkdir -p "$root"/{bin,dev,proc,sys,run,root,lib}
  ln -s lib "$root/lib64"
  dpkg-deb --fsys-tarfile "$debs"/busybox-static_*.deb | tar -xO ./bin/busybox > "$root/bin/busybox"
  chmod 755 "$root/bin/busybox"
  install -m755 image/initramfs/init "$root/init"
  # busybox finds no partition by its PARTUUID: util-linux's blkid with its libraries does.
  install -m755 "$tree/usr/sbin/blkid" "$root/bin/blkid" 2>/dev/null || install -m755 "$tree/sbin/blkid" "$root/bin/blkid"
  case "$arch" in amd64) lib=x86_64-linux-gnu ;; arm64) lib=aarch64-linux-gnu ;; esac
  for file in libblkid.so.1 libc.so.6; do
    install -D -m755 "$(readlink -f "$tree/usr/lib/$lib/$file" 2>/dev/null || readlink -f "$tree/lib/$lib/$file")" "$root/lib/$lib/$file"
  done
  for file in ld-linux-x86-64.so.2 ld-linux-aarch64.so.1; do
    [ ! -e "$tree/usr/lib/$lib/$file" ] && [ ! -e "$tree/lib/$lib/$file" ] || install -m755 "$(readlink -f "$tree/lib/$lib/$file")" "$root/lib/$file"
  done
  for module in $BOOT_MODULES; do
    modprobe -d "$tree" -S "$kver" --show-depends "$module" 2>/dev/null | awk '$1 == "insmod" { print $2 }' || true
  done | sort -u | while read -r file; do
    file=/${file#"$tree"}
    file=/${file##*(/)}
    install -D -m644 "$tree/usr/lib/modules/$kver/${file#*"/modules/$kver/"}" "$root/lib/modules/$kver/${file#*"/modules/$kver/"}"
  done
  cp "$tree/usr/lib/modules/$kver/modules.builtin" "$tree/usr/lib/modules/$kver/modules.order" "$root/lib/modules/$kver/"
  cp "$tree/usr/lib/modules/$kver/modules.builtin.modinfo" "$root/lib/modules/$kver/" 2>/dev/null || true
  depmod -b "$root" "$kver"
  find "$root" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
  (cd "$root" && find . | LC_ALL=C sort | cpio --quiet --reproducible -o -H newc -R 0:0 | zstd -q -12 -T1 > "$tree/boot/initrd.img")
}
