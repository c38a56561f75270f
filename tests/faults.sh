#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Makes faults on a control plane that runs (tests/faults/catalog.py), one after the other, and looks whether the diagnosis finds the
# cause of each first, within 15 s of its first sign, and says nothing wrong while a healthy one starts.
#
#   tests/faults.sh [--first NUMBER] [--count COUNT] [--only PATTERN] [--starts COUNT]
#
# SEED says in which order (it is printed), KUBERNETES on which version. All faults of the newest go to docs/faults.md.

. "$(dirname "${BASH_SOURCE[0]}")/run_environment.sh"

node=faults-cp1
inventory=$PROJECT_DIR/.build/faults
tests/environment/docker-engine.sh
# Its container is there once, whichever checkout has made it.
exec 6>"$CACHE_DIR/faults.lock"
flock 6
tests/environment/node.sh destroy "$node"
trap 'tests/environment/node.sh destroy "$node"' EXIT
tests/environment/node.sh create "$node"
write_inventory "$node" "$inventory"
ansible-playbook playbooks/init-control-plane.yml -i "$inventory"
page=()
if [ "$#" -eq 0 ] && [ "$KUBERNETES_MINOR" = "$(kubernetes_minors | tail -n 1)" ]; then page=(--page docs/faults.md); fi
PYTHONPATH=tests python -m faults --node "$node" --minor "$KUBERNETES_MINOR" --version "$KUBERNETES_VERSION" \
  --seed "${SEED:-$RANDOM}" "${page[@]}" "$@"
