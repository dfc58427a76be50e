# Sourced by image/build and the tests: Debian's part of the image, made once per architecture and kept.
# Needs scripts/lib/tools.sh.

SUITE=${SPANWATCH_SUITE:-bookworm}
# What a build keeps between runs.
IMAGE_CACHE=${SPANWATCH_IMAGE_CACHE:-$ROOT/dist/image-cache}
# No kernel here: its package wants perl and makes an initramfs for minutes; image/lib/kernel.sh unpacks it instead.
BASE_PACKAGES=systemd,systemd-sysv,udev,dbus,systemd-resolved,systemd-timesyncd,kmod,rauc,rauc-service,e2fsprogs,fdisk,util-linux,iproute2,ca-certificates,openssl,libstdc++6,libgcc-s1,tzdata,libnss-resolve,libnss-myhostname,procps,ethtool,grub-common,dosfstools,netbase

# debian_sources COMPONENTS...: this machine's Debian mirror as a list of sources, on standard output.
debian_sources() {
  if [ -f /etc/apt/sources.list.d/debian.sources ]; then
    sed "s/^Suites: *[a-z]*\(.*\)/Suites: $SUITE\1/; s/bookworm-/$SUITE-/g; s/^Components:.*/Components: $*/" /etc/apt/sources.list.d/debian.sources
  else
    sed -n "s/^\(deb [^#]*\) [a-z]*\(-[a-z]*\)\{0,1\} main.*/\1 $SUITE\2 $*/p" /etc/apt/sources.list
  fi
}

# need_foreign ARCH: lets this machine run programs of that architecture (amd64, arm64).
need_foreign() {
  [ "$1" != "$(dpkg --print-architecture)" ] || return 0
  need_debian "runs $1 programs while the image is made" qemu-user-static arch-test
  mountpoint -q /proc/sys/fs/binfmt_misc || as_root mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc
  local name=qemu-aarch64
  [ "$1" = arm64 ] || name=qemu-x86_64
  [ -e "/proc/sys/fs/binfmt_misc/$name" ] || grep -v '^#' "/usr/lib/binfmt.d/$name.conf" | as_root tee /proc/sys/fs/binfmt_misc/register >/dev/null
}

# base_tree ARCH: prints the folder with Debian's base system; makes it when it is missing or its recipe changed.
base_tree() {
  local arch=$1 recipe tree
  recipe=$(printf '%s' "$SUITE $BASE_PACKAGES" | sha256sum | cut -c1-12)
  tree=$IMAGE_CACHE/base-$arch-$recipe
  if [ ! -e "$tree.done" ]; then
    need_debian 'makes the base system of the image' mmdebstrap arch-test >&2
    need_foreign "$arch" >&2
    say "making the base system for $arch: some minutes, kept in $IMAGE_CACHE" >&2
    mkdir -p "$IMAGE_CACHE"
    # Under a name of its own until it is whole: two builds may run at once, and one that failed must not be taken for done.
    local part=$tree.$$
    debian_sources main > "$part.sources"
    SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-1764000000} mmdebstrap --quiet --mode=root --format=directory --variant=minbase --architectures="$arch" \
      --include="$BASE_PACKAGES" --aptopt='APT::Install-Recommends "false"' \
      --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/info/*' \
      --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-include=/usr/share/doc/*/copyright' \
      "$SUITE" "$part" "$part.sources" >&2 || { rm -rf "$part" "$part.sources"; echo "making the base system for $arch failed, see above" >&2; return 1; }
    rm -rf "$tree" "$part.sources"
    mv -T "$part" "$tree"
    touch "$tree.done"
  fi
  printf '%s\n' "$tree"
}

# fetch_debian ARCH FOLDER PACKAGE...: downloads packages of any architecture into the folder, checked by Debian's
# signatures, through lists of our own: nothing of this machine's apt changes.
fetch_debian() {
  local arch=$1 into=$2 state=$IMAGE_CACHE/apt-$1
  shift 2
  mkdir -p "$state/lists/partial" "$state/cache/archives/partial" "$state/etc" "$into"
  debian_sources main non-free-firmware > "$state/etc/debian.sources"
  local apt=(-o "APT::Architecture=$arch" -o "APT::Architectures=$arch" -o Dir::Etc::SourceList=/dev/null -o "Dir::Etc::SourceParts=$state/etc"
    -o "Dir::State::Lists=$state/lists" -o "Dir::Cache=$state/cache" -o Dir::State::status=/dev/null -o APT::Sandbox::User=root)
  find "$state/lists" -name '*Release' -mmin -720 | grep -q . || apt-get "${apt[@]}" -qq update
  (cd "$into" && apt-get "${apt[@]}" -qq download "$@")
}
