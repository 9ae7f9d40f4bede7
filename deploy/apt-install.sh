#!/bin/sh
# apt-install.sh PACKAGE…: installs Debian packages without starting the services they bring: a cluster runs its own.
set -eu

command -v apt-get >/dev/null 2>&1 || {
  echo "binnacle: this system has no apt-get; please install what Debian calls: $*" >&2
  exit 1
}
[ "$(id -u)" = 0 ] || {
  echo "binnacle: please run as root: apt-get install $*" >&2
  exit 1
}
echo "installing $*"
policy=/usr/sbin/policy-rc.d
guarded=''
log=$(mktemp)
trap 'rm -f "$log"; [ -z "$guarded" ] || rm -f "$policy"' EXIT INT TERM
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
  guarded=yes
fi
if ! { apt-get update -qq &&
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"; } >"$log" 2>&1; then
  tail -n 20 "$log" >&2
  echo "binnacle: apt-get could not install $*" >&2
  exit 1
fi
