#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs molecule scenarios on real nodes, all of them or those that are named.

. "$(dirname "${BASH_SOURCE[0]}")/run_environment.sh"

tests/environment/docker-engine.sh
# Gives a node's programs another clock than the machine's.
dpkg -s libfaketime >/dev/null 2>&1 || debian_packages libfaketime
# Molecule reads its own generated configuration in place of the project's.
unset ANSIBLE_CONFIG
export KUBERNETES=$KUBERNETES_MINOR KUBERNETES_VERSION
export COLUMNS=${COLUMNS:-160}
[ "$#" -gt 0 ] || set -- default alternative phases failure preflight fleet interop external certificates
for scenario in "$@"; do
  say "Molecule scenario $scenario (usually 3 to 5 min)"
  molecule test --scenario-name "$scenario"
done
