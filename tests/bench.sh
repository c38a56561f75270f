#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Times render.yml and preflight.yml, the certificates against the real kubeadm's (bench_certificates.sh), counts the remote module
# executions of the whole init and times it against the real kubeadm init, each on a fresh node of its own with warm images.

. "$(dirname "${BASH_SOURCE[0]}")/run_environment.sh"
. tests/kubeadm_init.sh

OURS=bench-ours
KUBEADM=bench-kubeadm
FLEET=bench-fleet
LIMIT=25
results=$PROJECT_DIR/.build/bench

cleanup() {
  tests/environment/node.sh destroy "$OURS" "$KUBEADM"
  tests/environment/fleet.sh destroy "$FLEET"
}
seconds() { awk -v from="$1" -v to="$2" 'BEGIN { printf "%.1f", to - from }'; }

fresh_node() {
  cleanup
  tests/environment/node.sh create "$1"
}

run_playbook() { ansible-playbook playbooks/init-control-plane.yml -i "$results/inventory" -vvv >"$1" 2>&1 || { tail -n 40 "$1" >&2; die "the playbook failed"; }; }
executions() { grep -c 'Using module file' "$1"; }

# An inventory of so many hosts, whose versions are taken in turn from the arguments that follow.
render_inventory() {
  local count=$1 number
  shift
  printf 'control_plane:\n  hosts:\n'
  for ((number = 1; number <= count; number++)); do
    printf '    host%d: {ansible_host: 192.0.2.%d, kubewright_kubernetes_version: %s, kubewright_cluster: c%d}\n' \
      "$number" "$number" "${!number:-v1.31.0}" "$number"
  done
}

# The seconds that render.yml takes for an inventory.
render_seconds() {
  local folder=$PROJECT_DIR/.build/bench-render start
  rm -rf "$folder"
  mkdir -p "$folder"
  render_inventory "$@" >"$folder/hosts.yml"
  start=$EPOCHREALTIME
  ansible-playbook playbooks/render.yml -i "$folder/hosts.yml" -e kubewright_render_dir="$folder/out" >"$folder/log" 2>&1 ||
    { tail -n 40 "$folder/log" >&2; die "render.yml failed"; }
  seconds "$start" "$EPOCHREALTIME"
}

# The seconds that preflight.yml takes for 50 small hosts, of which one is gone and one is silent. It fails: nothing of
# Kubernetes runs there.
fleet_seconds() {
  local folder=$PROJECT_DIR/.build/bench-fleet start
  mkdir -p "$folder"
  tests/environment/fleet.sh create "$FLEET" 50 >&2
  { tests/environment/fleet.sh inventory "$FLEET"; printf '    kubewright_kubernetes_version: %s\n' "$KUBERNETES_VERSION"; } >"$folder/hosts.yml"
  docker stop --time 0 "$FLEET-49" >/dev/null
  docker pause "$FLEET-50" >/dev/null
  start=$EPOCHREALTIME
  ansible-playbook playbooks/preflight.yml -i "$folder/hosts.yml" >"$folder/log" 2>&1 || true
  seconds "$start" "$EPOCHREALTIME"
  grep -q '48 failed, 2 unreachable' "$folder/log" || { tail -n 40 "$folder/log" >&2; die "preflight.yml failed otherwise than expected"; }
  docker unpause "$FLEET-50" >/dev/null
  tests/environment/fleet.sh destroy "$FLEET"
}

tests/environment/docker-engine.sh
# Its containers are there once, whichever checkout has made them.
exec 6>"$CACHE_DIR/bench.lock"
flock 6
trap cleanup EXIT
# What lies in an inventory's folder is part of it.
rm -rf "$results"
mkdir -p "$results"
mapfile -t minors < <(seq -f 'v1.%g.0' 12 37)
say "render.yml for one host, for a host of each minor, and for 100 hosts"
one=$(render_seconds 1)
each=$(render_seconds "${#minors[@]}" "${minors[@]}")
hundred=$(render_seconds 100)
tests/environment/kubernetes.sh kubeadm >/dev/null
say "preflight.yml for 50 hosts, two of them out of reach"
fleet=$(fleet_seconds)
certificates=$(tests/bench_certificates.sh)

fresh_node "$OURS"
write_inventory "$OURS" "$results/inventory"
say "Our playbook on a fresh node"
start=$EPOCHREALTIME
run_playbook "$results/first.log"
ours=$(seconds "$start" "$EPOCHREALTIME")
say "Our playbook again"
start=$EPOCHREALTIME
run_playbook "$results/second.log"
again=$(seconds "$start" "$EPOCHREALTIME")

fresh_node "$KUBEADM"
prepare_kubeadm "$KUBEADM" "$results/kubeadm"
say "The real kubeadm init on a fresh node"
start=$EPOCHREALTIME
kubeadm_init "$KUBEADM" "$results/kubeadm"
kubeadm=$(seconds "$start" "$EPOCHREALTIME")

count=$(executions "$results/first.log")
printf '%-57s %8s\n' 'render.yml, one host (s)' "$one" \
  'render.yml, one host of each minor (s)' "$each" \
  'render.yml, 100 hosts (s)' "$hundred" \
  'preflight.yml, 50 hosts, 2 out of reach (s)' "$fleet" \
  'remote module executions, first run' "$count" \
  'remote module executions, second run' "$(executions "$results/second.log")" \
  'our playbook, fresh node (s)' "$ours" \
  'our playbook, again (s)' "$again" \
  'kubeadm init without preflight, fresh node (s)' "$kubeadm" \
  'ratio, fresh node' "$(awk -v a="$ours" -v b="$kubeadm" 'BEGIN { printf "%.2f", a / b }')"
printf '%s\n' "$certificates"
[ "$count" -le "$LIMIT" ] || die "$count remote module executions are more than $LIMIT"
