#!/bin/sh
# make test-docker: the storage contract and the API server's tests on an etcd in a container. Where no engine answers,
# Debian's is installed and runs in a network namespace of its own, with its own directories, for as long as this takes.
set -eu
cd "$(dirname "$0")/../.."

image=binnacle.local/etcd:test
dir=''
netns=''
engine=''
loaded=''

cleanup() {
  [ -z "$loaded" ] || docker image rm --force "$image" >/dev/null
  [ -z "$engine" ] || {
    kill "$engine" 2>/dev/null || :
    while kill -0 "$engine" 2>/dev/null; do sleep 0.1; done
  }
  [ -z "$netns" ] || ip netns delete "$netns"
  [ -z "$dir" ] || {
    grep -o " $dir[^ ]*" /proc/self/mounts | sort -r | while read -r mount; do umount -l "$mount"; done
    rm -rf "$dir"
  }
}
trap cleanup EXIT
trap 'exit 1' INT TERM

inside=''
if ! docker info >/dev/null 2>&1; then
  command -v dockerd >/dev/null 2>&1 || deploy/apt-install.sh docker.io
  dir=$(mktemp -d /tmp/bnd-XXXXXX)
  netns=binnacle-docker-$$
  ip netns add "$netns"
  # nsenter and not `ip netns exec`, which would hide the cgroup file systems.
  inside="nsenter --net=/run/netns/$netns"
  $inside ip link set lo up
  $inside sysctl -q -w net.ipv4.ip_forward=1
  # A published port is forwarded by docker-proxy, so no packet filter is needed.
  $inside dockerd --host "unix://$dir/docker.sock" --data-root "$dir/data" --exec-root "$dir/exec" \
    --pidfile "$dir/docker.pid" --iptables=false --ip6tables=false --log-level warn >"$dir/dockerd.log" 2>&1 &
  engine=$!
  export DOCKER_HOST="unix://$dir/docker.sock"
  tries=0
  until docker info >/dev/null 2>&1; do
    tries=$((tries + 1))
    if [ "$tries" -gt 150 ] || ! kill -0 "$engine" 2>/dev/null; then
      tail -n 20 "$dir/dockerd.log" >&2
      echo 'binnacle: the container engine did not start' >&2
      exit 1
    fi
    sleep 0.2
  done
fi

# The installed etcd with the libraries it is linked to, and nothing else.
etcd=$(command -v etcd)
tar --create --dereference --absolute-names --transform 's,^/,,' "$etcd" $(ldd "$etcd" | grep -o '/[^ ]*') |
  docker import --change "ENTRYPOINT [\"$etcd\"]" - "$image" >/dev/null
loaded=yes
echo "an etcd image of $(docker image inspect --format '{{.Size}}' "$image") bytes"

export BINNACLE_TEST_ETCD=docker BINNACLE_ETCD_IMAGE="$image" TESTCONTAINERS_RYUK_DISABLED=true
$inside "$(command -v node)" --experimental-vm-modules --no-warnings node_modules/jest/bin/jest.js \
  --selectProjects integration -- test/integration/storage test/integration/apiserver
