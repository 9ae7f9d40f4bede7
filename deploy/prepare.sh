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
    missing="$missing $program"
    case " $packages " in *" $package "*) ;; *) packages="$packages $package" ;; esac
  }
done
command -v kubectl >/dev/null 2>&1 || {
  missing="$missing kubectl"
  packages="$packages kubernetes-client"
}

if [ -n "$missing" ]; then
  command -v apt-get >/dev/null 2>&1 || fail "please install:$missing"
  [ "$(id -u)" = 0 ] || fail "please install (as root: apt-get install$packages):$missing"
  echo "installing$packages"
  # The packages' own services must not start: the cluster runs its own etcd and containerd.
  policy=/usr/sbin/policy-rc.d
  guarded=''
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
    guarded=yes
  fi
  trap '[ -z "$guarded" ] || rm -f "$policy"' EXIT INT TERM
  log=$(mktemp)
  if ! { apt-get update -qq &&
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages; } >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    fail "apt-get could not install$packages"
  fi
  rm -f "$log"
fi

command -v node >/dev/null 2>&1 || fail 'please install Node.js 20 or later, and npm'
command -v npm >/dev/null 2>&1 || fail 'please install npm'

# npm's own record of what is installed is older than the lock file when something is to be done.
if [ ! -x node_modules/.bin/node ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  echo 'installing npm packages'
  npm ci --no-audit --no-fund --loglevel=error
  touch node_modules/.package-lock.json
fi
