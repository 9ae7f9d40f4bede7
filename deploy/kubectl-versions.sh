#!/bin/sh
# Fetches the oldest kubectl that must work with us, Debian 12's (1.20), into dist/kubectl, beside whatever is installed.
# May be run again; does nothing then.
set -eu
cd "$(dirname "$0")/.."

target=dist/kubectl/debian
[ ! -x "$target/kubectl" ] || exit 0
command -v apt-get >/dev/null 2>&1 || {
  echo "binnacle: this system has no apt-get; please put a kubectl 1.20 at $target/kubectl" >&2
  exit 1
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
# Where apt drops its privileges to write.
chmod 777 "$work"
fetch() { (cd "$work" && apt-get -qq download kubernetes-client) >"$work/log" 2>&1; }
fetch || { apt-get -qq update >/dev/null 2>&1 && fetch; } || {
  cat "$work/log" >&2
  echo 'binnacle: apt-get could not download kubernetes-client' >&2
  exit 1
}
dpkg -x "$work"/kubernetes-client_*.deb "$work/root"
mkdir -p "$target"
# Two tests may fetch it at once: each moves a whole program into place.
cp "$work/root/usr/bin/kubectl" "$target/kubectl.$$"
mv "$target/kubectl.$$" "$target/kubectl"
