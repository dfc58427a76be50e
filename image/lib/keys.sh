# Sourced by image/build: who may sign updates. KEYS is a folder with ca.crt (in the image), release.crt and release.key.

# need_keys FOLDER NAME: makes a throw-away authority there when it has none.
need_keys() {
  local dir=$1 name=$2
  [ ! -e "$dir/release.key" ] || return 0
  say "making keys for signing updates in $dir: only images that are built with them take these updates"
  mkdir -p "$dir"
  chmod 700 "$dir"
  openssl req -x509 -newkey rsa:3072 -nodes -days 7300 -subj "/CN=$name updates" -keyout "$dir/ca.key" -out "$dir/ca.crt" 2>/dev/null
  openssl req -newkey rsa:3072 -nodes -subj "/CN=$name release" -keyout "$dir/release.key" -out "$dir/release.csr" 2>/dev/null
  openssl x509 -req -in "$dir/release.csr" -CA "$dir/ca.crt" -CAkey "$dir/ca.key" -CAcreateserial -days 3650 \
    -extfile <(printf 'extendedKeyUsage=emailProtection\nbasicConstraints=CA:FALSE\n') -out "$dir/release.crt" 2>/dev/null
}

# make_bundle ARCH VERSION SLOT FILE KEYS: the signed update and, beside it, its checksum.
make_bundle() {
  local arch=$1 version=$2 slot=$3 out=$4 keys=$5 dir=$WORK/bundle
  rm -rf "$dir" "$out"; mkdir -p "$dir"
  ln "$slot" "$dir/rootfs.img" 2>/dev/null || cp "$slot" "$dir/rootfs.img"
  printf '[update]\ncompatible=spanwatch-%s\nversion=%s\n[bundle]\nformat=verity\n[image.rootfs]\nfilename=rootfs.img\n' "$arch" "$version" > "$dir/manifest.raucm"
  rauc --cert="$keys/release.crt" --key="$keys/release.key" --keyring="$keys/ca.crt" bundle "$dir" "$out" 2>&1 | grep -v -e '^Creating' -e '^$' || true
  [ -s "$out" ] || { echo "signing the update $out failed" >&2; return 1; }
  (cd "$(dirname "$out")" && sha256sum "$(basename "$out")" > "$(basename "$out").sha256")
}
