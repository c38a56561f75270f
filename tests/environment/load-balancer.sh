#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A load balancer (HAProxy) before the API servers of test nodes. It listens on this machine, where the nodes reach it.
#
#   load-balancer.sh start NAME PORT NODE...   starts one, or starts it again with other nodes
#   load-balancer.sh stop NAME                 ends it; one that does not run is no error
#   load-balancer.sh address                   prints the address at which the nodes reach this machine

. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# Before it is started a second time, a Docker engine says the subnet of its network alone. The gateway is its first address.
address() {
  local subnet
  subnet=$(docker network inspect bridge --format '{{(index .IPAM.Config 0).Subnet}}')
  python3 -c 'import ipaddress, sys; print(next(ipaddress.ip_network(sys.argv[1]).hosts()))' "$subnet"
}

folder_of() { printf '%s/load-balancer/%s\n' "$CACHE_DIR" "$1"; }

stop() {
  local pid folder
  folder=$(folder_of "$1")
  if [ -f "$folder/pid" ]; then
    # Its number may be another program's by now.
    while read -r pid; do
      [ "$(cat "/proc/$pid/comm" 2>/dev/null)" != haproxy ] || kill "$pid"
    done <"$folder/pid"
  fi
  rm -rf "$folder"
}

configuration() {
  local port=$1 node
  shift
  cat <<CONFIGURATION
defaults
  mode tcp
  timeout connect 2s
  timeout client 1h
  timeout server 1h
  retries 3
  option redispatch 1
frontend api
  bind $(address):$port
  default_backend servers
backend servers
  option httpchk GET /readyz
  http-check expect status 200
  default-server check check-ssl verify none inter 500ms fall 1 rise 1
CONFIGURATION
  for node; do printf '  server %s %s:6443\n' "$node" "$(container_address "$node")"; done
}

start() {
  local name=$1 folder
  shift
  debian_packages haproxy
  stop "$name"
  folder=$(folder_of "$name")
  mkdir -p "$folder"
  configuration "$@" >"$folder/haproxy.cfg"
  haproxy -D -f "$folder/haproxy.cfg" -p "$folder/pid"
}

case ${1:-} in
start | stop | address) "$@" ;;
*)
  sed -n '3,8s/^# \{0,1\}//p' "$0" >&2
  exit 2
  ;;
esac
