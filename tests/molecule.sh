#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs molecule scenarios on real nodes, all of them or those that are named. A scenario's node.env may choose another
# system or container runtime for its nodes.
#
#   tests/molecule.sh [--kubernetes 1.20] [--older-node] [--every-damage] [SCENARIO...]
#
# --kubernetes, or KUBERNETES, takes another version than the newest (environment/versions.txt). --older-node takes nodes
# with Debian 12 and its containerd 1.6. --every-damage lets the scenario certificates damage every file in every way, and
# not only a sample. One scenario that fails does not keep the others from running.

while [[ ${1:-} == --* ]]; do
  case $1 in
  --kubernetes)
    export KUBERNETES=${2:?a version of tests/environment/versions.txt}
    shift
    ;;
  --older-node) export NODE_DEBIAN=bookworm NODE_CONTAINERD=debian ;;
  --every-damage) export EVERY_DAMAGE=1 ;;
  *)
    printf 'unknown option %s\n' "$1" >&2
    exit 2
    ;;
  esac
  shift
done
. "$(dirname "${BASH_SOURCE[0]}")/run_environment.sh"

tests/environment/docker-engine.sh
# Gives a node's programs another clock than the machine's.
dpkg -s libfaketime >/dev/null 2>&1 || debian_packages libfaketime
# Molecule reads its own generated configuration in place of the project's.
unset ANSIBLE_CONFIG
export KUBERNETES=$KUBERNETES_MINOR KUBERNETES_VERSION
export COLUMNS=${COLUMNS:-160}

run_scenario() (
  set -e
  # Its nodes are there once, whatever their version and whichever checkout has made them.
  exec 8>"$CACHE_DIR/molecule-$1.lock"
  flock 8
  set -a
  # shellcheck disable=SC1090  # each scenario's own
  [ ! -f "molecule/$1/node.env" ] || . "molecule/$1/node.env"
  molecule test --scenario-name "$1"
)

[ "$#" -gt 0 ] || set -- cluster pair etcd virtual-address default alternative phases failure change preflight fleet interop external certificates registry
failed=()
for scenario in "$@"; do
  say "Molecule scenario $scenario with Kubernetes $KUBERNETES_VERSION (usually 2 to 8 min)"
  # Not as a condition, under which it would go on after a command that fails.
  set +e
  run_scenario "$scenario"
  code=$?
  set -e
  [ "$code" -eq 0 ] || failed+=("$scenario")
done
[ "${#failed[@]}" -eq 0 ] || die "failed: ${failed[*]} (see above)"
