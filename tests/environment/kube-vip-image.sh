#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Puts the image of kube-vip into the container runtime of test nodes, after building it from its Go module where it is
# absent.
#
#   kube-vip-image.sh NODE...   loads it into the nodes
#   kube-vip-image.sh program   prints the path of the program

. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
HERE=$(dirname "${BASH_SOURCE[0]}")

# What scenario virtual-address declares.
NAME=kubewright.test/kube-vip:v0.9.1

program() { printf '%s/kube-vip\n' "$("$HERE/go-programs.sh" kube-vip)"; }

case ${1:-} in
'')
  sed -n '3,8s/^# \{0,1\}//p' "$0" >&2
  exit 2
  ;;
program) program ;;
*)
  "$HERE/docker-engine.sh"
  built=$(program)
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  install -m 0755 "$built" "$work/kube-vip"
  tar -C "$work" -c kube-vip | docker import --change 'ENTRYPOINT ["/kube-vip"]' - "$NAME" >/dev/null
  docker save -o "$work/image.tar" "$NAME"
  docker rmi "$NAME" >/dev/null
  for node; do docker exec -i "$node" ctr -n k8s.io images import - <"$work/image.tar" >/dev/null; done
  ;;
esac
