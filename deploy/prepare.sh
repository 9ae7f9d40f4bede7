#!/bin/sh
# Installs what Binnacle needs and this machine lacks: Debian's packages, npm's. May be run again; does nothing then.
# Says on another system what is missing, and stops.
set -eu
cd "$(dirname "$0")/.."

fail() {
  echo "binnacle: $*" >&2
  exit 1
}

# program:package; CNI's plugins are looked for by path.
needs='etcd:etcd-server containerd:containerd ctr:containerd runc:runc nft:nftables ip:iproute2 mount:mount
iptables:iptables modprobe:kmod /usr/lib/cni/bridge:containernetworking-plugins busybox:busybox perl:perl-base'

missing=''
packages=''
for need in $needs; do
  program=${need%%:*}
  package=${need##*:}
  command -v "$program" >/dev/null 2>&1 || [ -x "$program" ] || {
    missing=yes
    case " $packages " in *" $package "*) ;; *) packages="$packages $package" ;; esac
  }
done
command -v kubectl >/dev/null 2>&1 || {
  missing=yes
  packages="$packages kubernetes-client"
}

if [ -n "$missing" ]; then
  # shellcheck disable=SC2086 # a list of words
  deploy/apt-install.sh $packages
fi

command -v node >/dev/null 2>&1 || fail 'please install Node.js 20 or later, and npm'
command -v npm >/dev/null 2>&1 || fail 'please install npm'

# npm's own record of what is installed is older than the lock file when something is to be done.
if [ ! -x node_modules/.bin/node ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  echo 'installing npm packages'
  # Not `npm ci`: it refuses a lock file without the other platforms' builds, which a partial mirror does not have.
  npm install --no-save --no-audit --no-fund --loglevel=error
  touch node_modules/.package-lock.json
fi
