# Sourced by ./run, ./test and .ci/run: finds out what is missing, says what and why, installs it.
# Every function is quick when there is nothing to do.

say() { printf '\033[1m==>\033[0m %s\n' "$*"; }
stop() { printf '\033[1;31mStopped:\033[0m %s\n' "$1" >&2; [ -n "${2:-}" ] && printf '  What to do: %s\n' "$2" >&2; exit 1; }

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root" || exit 1

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; elif command -v sudo >/dev/null; then sudo "$@"; else
    stop "this needs root: $*" "run it as root, then start again"; fi
}

# need_apt WHY PACKAGE...: installs the Debian packages that are not there yet.
need_apt() {
  local why=$1 missing=() package; shift
  for package in "$@"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} = 0 ] && return
  command -v apt-get >/dev/null || stop "missing: ${missing[*]} ($why)" "install them with your system's package manager; only Debian 12 was tried"
  say "Installing system packages for $why: ${missing[*]}"
  if [ -z "${apt_updated:-}" ]; then as_root apt-get update -qq || stop "the package lists could not be fetched" "check the network, then start again"; apt_updated=1; fi
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null ||
    stop "apt could not install ${missing[*]} ($why)" "run: apt-get install ${missing[*]}   and read what it says"
}

# Says which system this is; only Debian 12 was tried.
check_system() {
  [ "$(uname -s)-$(uname -m)" = Linux-x86_64 ] || stop "this script knows Linux on x86-64 only" "see README.md, section Limits"
  local ID='' VERSION_ID='' PRETTY_NAME=''
  [ -r /etc/os-release ] && . /etc/os-release
  case "$ID-$VERSION_ID" in
    debian-12) ;;
    ubuntu-24.04) say "Ubuntu 24.04: the packages have the same names, but this was not tried there" ;;
    *) say "${PRETTY_NAME:-This system} was not tried; going on with Debian 12's package names" ;;
  esac
}

build_packages=(build-essential pkg-config curl ca-certificates file git libssl-dev libwebkit2gtk-4.1-dev
  librsvg2-dev libclang-dev xdg-utils desktop-file-utils)

need_build_packages() { need_apt "building the desktop app (web view, tray, encryption, camera)" "${build_packages[@]}"; }

# Rust, in the version rust-toolchain.toml pins.
need_rust() {
  export PATH="${CARGO_HOME:-$HOME/.cargo}/bin:$PATH"
  if ! command -v cargo >/dev/null; then
    say "Installing Rust by rustup (kept in ${CARGO_HOME:-$HOME/.cargo})"
    curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh -s -- -y -q --profile minimal --default-toolchain none ||
      stop "rustup could not be installed" "install Rust from rustup.rs, then start again"
  fi
  cargo --version >/dev/null || stop "the pinned Rust ($(grep channel rust-toolchain.toml)) is not there" "run: rustup toolchain install"
}

# Node 20.19 or newer; else a newer one from npm, kept in .tools.
need_node() {
  export PATH="$root/.tools/node/node_modules/node/bin:$root/.tools/node/node_modules/.bin:$PATH"
  local fits='const [a,b]=process.versions.node.split(".").map(Number);process.exit(a>20||(a===20&&b>=19)?0:1)'
  if ! { command -v node && command -v npm; } >/dev/null; then need_apt "building the user interface" nodejs npm; fi
  node -e "$fits" 2>/dev/null && return
  say "Node $(node --version) is too old for the build; getting a newer one from npm into .tools"
  npm install --silent --no-save --prefix "$root/.tools/node" node@22 npm@11 >/dev/null || stop "Node 22 could not be fetched from npm" "install Node 20.19 or newer, then start again"
  hash -r
  node -e "$fits" || stop "still no Node 20.19 or newer" "install it by hand, then start again"
}

# The user interface, built only when its sources changed.
build_ui() {
  need_node
  local stamp=ui/build/.built lock=ui/node_modules/.installed
  if [ ! -e $lock ] || [ ui/package-lock.json -nt $lock ]; then
    say "Fetching the user interface's libraries (npm ci)"
    (cd ui && npm ci --no-audit --no-fund --loglevel=error) || stop "npm ci failed in ui/" "check the network, then start again"
    touch $lock
  fi
  if [ ! -e $stamp ] || [ -n "$(find ui/src ui/static ui/*.json ui/*.ts ui/*.js -newer $stamp -print -quit 2>/dev/null)" ]; then
    say "Building the user interface"
    (cd ui && npm run --silent build) >ui/.build.log 2>&1 || { tail -40 ui/.build.log >&2; stop "the user interface did not build" "read ui/.build.log"; }
    touch $stamp
  fi
}
