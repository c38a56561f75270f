#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A real image registry for the test nodes: Debian's docker-registry, once in plain HTTP and once with TLS under an own
# authority and with a password, both on the same images; and a port where connections are taken and never answered.

. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
HERE=$(dirname "${BASH_SOURCE[0]}")

PLAIN_PORT=5580
TLS_PORT=5543
STALL_PORT=5599
REGISTRY_USER=kube:not-a-secret

usage() {
  cat <<'USAGE'
usage: registry.sh start FOLDER
         starts the registries on the address by which nodes reach this machine, with their data in FOLDER, and prints
         ADDRESS, PLAIN, TLS, STALL and USER as NAME=VALUE; the authority is FOLDER/ca.crt, the requests are in
         FOLDER/plain.log and FOLDER/tls.log
       registry.sh push FOLDER ARCHIVE
         pushes the images of an archive (docker save): under their own paths, and below kube/ with their last names
       registry.sh stop FOLDER
         stops what start has started
USAGE
}

# The address of this machine in the nodes' network.
address() {
  local bridge address
  bridge=$(docker network inspect bridge --format '{{index .Options "com.docker.network.bridge.name"}}')
  address=$(ip -4 -o address show dev "$bridge" | sed -n 's|.* inet \([0-9.]*\)/.*|\1|p')
  [ -n "$address" ] || die "the bridge of Docker's network has no address"
  printf '%s\n' "$address"
}

# Prints the path of the registry's program. The package is not installed: it would start a service.
program() {
  local folder=$CACHE_DIR/docker-registry work
  if [ ! -x "$folder/usr/bin/docker-registry" ]; then
    work=$(mktemp -d "$CACHE_DIR/docker-registry.XXXXXX")
    (
      cd "$work"
      download_packages docker-registry
      dpkg-deb -x ./*.deb .
    ) >"$CACHE_DIR/docker-registry.log" 2>&1 || { cat "$CACHE_DIR/docker-registry.log" >&2; die "docker-registry cannot be had"; }
    rm -rf "$folder"
    mv "$work" "$folder"
  fi
  printf '%s\n' "$folder/usr/bin/docker-registry"
}

# An authority, and a certificate of it for an address.
make_certificates() {
  local folder=$1 address=$2
  [ "$(cat "$folder/tls.address" 2>/dev/null)" != "$address" ] || return 0
  (
    cd "$folder"
    openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.crt -days 3650 -subj '/CN=kubewright test registry CA'
    openssl req -newkey rsa:2048 -nodes -keyout tls.key -out tls.csr -subj "/CN=$address"
    printf 'subjectAltName=IP:%s,IP:127.0.0.1\n' "$address" >tls.ext
    openssl x509 -req -in tls.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 3650 -extfile tls.ext -out tls.crt
    # The last, so that a set that was cut off is made anew.
    printf '%s\n' "$address" >tls.address
  ) 2>"$folder/openssl.log" || { cat "$folder/openssl.log" >&2; die "the certificates cannot be made"; }
}

# Starts a program that outlives this script.
start_program() {
  local folder=$1 name=$2
  shift 2
  # Without the locks of whoever has called this script.
  setsid nohup "$@" >"$folder/$name.log" 2>&1 </dev/null 6>&- 7>&- 8>&- 9>&- &
  printf '%s\n' "$!" >"$folder/$name.pid"
}

wait_for_port() {
  local address=$1 port=$2
  for _ in $(seq 100); do
    if (exec 3<>"/dev/tcp/$address/$port") 2>/dev/null; then return; fi
    sleep 0.1
  done
  die "nothing listens on $address:$port after 10 s"
}

start() {
  local folder address registry common
  mkdir -p "$1" "$CACHE_DIR"
  folder=$(cd "$1" && pwd)
  debian_packages openssl apache2-utils iproute2
  address=$(address)
  registry=$(program)
  stop "$folder"
  for port in "$PLAIN_PORT" "$TLS_PORT" "$STALL_PORT"; do
    ! (exec 3<>"/dev/tcp/$address/$port") 2>/dev/null ||
      die "somebody listens on port $port already: a registry of a run that was cut off? (ss -ltnp shows who)"
  done
  make_certificates "$folder" "$address"
  htpasswd -Bbn -C 4 "${REGISTRY_USER%%:*}" "${REGISTRY_USER#*:}" >"$folder/htpasswd" 2>/dev/null
  common=$(printf 'version: 0.1\nstorage:\n  filesystem: {rootdirectory: %s/data}\n  delete: {enabled: true}\n' "$folder")
  printf '%s\nhttp: {addr: "0.0.0.0:%s"}\n' "$common" "$PLAIN_PORT" >"$folder/plain.yml"
  cat >"$folder/tls.yml" <<YAML
$common
http: {addr: "0.0.0.0:$TLS_PORT", tls: {certificate: $folder/tls.crt, key: $folder/tls.key}}
auth: {htpasswd: {realm: kubewright, path: $folder/htpasswd}}
YAML
  start_program "$folder" plain "$registry" serve "$folder/plain.yml"
  start_program "$folder" tls "$registry" serve "$folder/tls.yml"
  # shellcheck disable=SC2016  # Python
  start_program "$folder" stall python3 -c '
import socket, sys
server = socket.create_server(("0.0.0.0", int(sys.argv[1])), backlog=100)
taken = []
while True:
    taken.append(server.accept())' "$STALL_PORT"
  for port in "$PLAIN_PORT" "$TLS_PORT" "$STALL_PORT"; do wait_for_port "$address" "$port"; done
  printf 'ADDRESS=%s\nPLAIN=%s:%s\nTLS=%s:%s\nSTALL=%s:%s\nUSER=%s\n' \
    "$address" "$address" "$PLAIN_PORT" "$address" "$TLS_PORT" "$address" "$STALL_PORT" "$REGISTRY_USER"
}

push() {
  python3 "$HERE/push_images.py" "$2" "http://127.0.0.1:$PLAIN_PORT" >/dev/null
  python3 "$HERE/push_images.py" "$2" "http://127.0.0.1:$PLAIN_PORT" kube/ flat >/dev/null
}

stop() {
  local name
  for name in plain tls stall; do
    [ -f "$1/$name.pid" ] || continue
    kill "$(cat "$1/$name.pid")" 2>/dev/null || true
    rm "$1/$name.pid"
  done
}

case ${1:-} in
start) [ $# -eq 2 ] || { usage >&2; exit 2; }; start "$2" ;;
push) [ $# -eq 3 ] || { usage >&2; exit 2; }; push "$2" "$3" ;;
stop) [ $# -eq 2 ] || { usage >&2; exit 2; }; stop "$2" ;;
*)
  usage >&2
  exit 2
  ;;
esac
