# Sourced by the scripts: the pinned Node, the packages, and Debian's tools. Says what it installs and why.
# Everything lands in .tools/ and node_modules/ of the checkout, but Debian packages, which need root.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
NODE_VERSION=24.21.0
NODE_SHA512_x64=de750bb336795f47dc898a46d2de93add029273027f3e16520d3fa3a2317ed5f07aefa404cf37ddfa5352e545e389ae22d16b87bcc84a900580a72f23cd02ced
NODE_SHA512_arm64=1692513c4cf63afbd32df8c83a5346158f492cf30a825e66f9de2819804b836e242759a6bcdd5997f1cf2601781c3689e752127afd65d5c459fc333e91e5d6e6
case "$(uname -m)" in
  x86_64) NODE_ARCH=x64 ;;
  aarch64) NODE_ARCH=arm64 ;;
  *) echo "spanwatch runs on x86-64 and arm64, not on $(uname -m)" >&2; exit 1 ;;
esac

say() { printf '== %s\n' "$*"; }

# as_root COMMAND...: runs it as root, through sudo where we are not.
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; elif command -v sudo >/dev/null; then sudo "$@"; else
    echo "this needs root: $* (install sudo or run as root)" >&2; return 1
  fi
}

# need_debian WHY PACKAGE...: installs the missing ones of these Debian packages.
need_debian() {
  local why=$1 missing=() package
  shift
  for package in "$@"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} = 0 ] && return 0
  say "installing ${missing[*]}: $why"
  if [ -z "${APT_UPDATED:-}" ]; then as_root apt-get update -qq; APT_UPDATED=1; fi
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# need_node: the pinned Node in .tools/node, on the PATH.
need_node() {
  export PATH=$ROOT/.tools/node/bin:$PATH
  [ "$("$ROOT/.tools/node/bin/node" --version 2>/dev/null)" = "v$NODE_VERSION" ] && return 0
  fetch_node "$NODE_ARCH" "$ROOT/.tools/node"
}

# need_node_of ARCH: the pinned Node of another architecture in .tools/node-ARCH, to be packed, not to be run.
need_node_of() {
  [ -e "$ROOT/.tools/node-$1/is-$NODE_VERSION" ] && return 0
  fetch_node "$1" "$ROOT/.tools/node-$1" && touch "$ROOT/.tools/node-$1/is-$NODE_VERSION"
}

# fetch_node ARCH FOLDER: the archive is checked against the checksum above.
fetch_node() {
  local work archive sum=NODE_SHA512_$1
  command -v npm >/dev/null || need_debian 'npm fetches Node and the packages' npm
  say "fetching Node $NODE_VERSION for $1: the runtime that spanwatch is built for"
  work=$(mktemp -d)
  archive=$work/$(cd "$work" && npm pack --silent "node-linux-$1@$NODE_VERSION")
  if ! echo "${!sum}  $archive" | sha512sum --check --status; then
    echo "the archive of Node $NODE_VERSION for $1 does not have the pinned checksum; not using it" >&2
    rm -rf "$work"
    return 1
  fi
  mkdir -p "$ROOT/.tools"
  tar -xzf "$archive" -C "$work"
  rm -rf "$2"
  mv "$work/package" "$2"
  rm -rf "$work"
}

# need_packages: what package-lock.json pins. Install scripts stay off: the one native package is built by build-native.
need_packages() {
  local stamp=$ROOT/node_modules/.package-lock.json
  [ -e "$stamp" ] && [ ! "$ROOT/package-lock.json" -nt "$stamp" ] && return 0
  say 'installing the packages of package-lock.json'
  # Not `npm ci`: it refuses a lock that leaves out packages of other platforms which a registry does not carry. The
  # versions and checksums of the lock hold all the same.
  (cd "$ROOT" && npm install --no-save --ignore-scripts --no-audit --no-fund --loglevel=error)
  touch "$stamp"
}
