#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Declares one thing after the other at random on a finished node: the plan of each has to be what the run does, and the
# next run has to change nothing. Then kills runs in the middle of changes, at the beginning of each task and inside modules: the
# next run has to end as one that nobody has disturbed. A seed makes the same declarations and kills again.
#
#   SEED=7 COUNT=20 FIRST=1 KILLS=20 tests/chaos.sh
#
# NAME is another one for its node (chaos), where two of them run side by side.

. "$(dirname "${BASH_SOURCE[0]}")/run_environment.sh"

SEED=${SEED:-$RANDOM} COUNT=${COUNT:-20} FIRST=${FIRST:-1} KILLS=${KILLS:-20}
# The runs of the scenarios take node and inventory from these.
export MOLECULE_SCENARIO_NAME=${NAME:-chaos} MOLECULE_PROJECT_DIRECTORY=$PROJECT_DIR
export MOLECULE_EPHEMERAL_DIRECTORY=$PROJECT_DIR/.build/$MOLECULE_SCENARIO_NAME
node=$MOLECULE_SCENARIO_NAME-cp1

tests/environment/docker-engine.sh
tests/environment/node.sh destroy "$node"
trap 'tests/environment/node.sh destroy "$node"' EXIT
tests/environment/node.sh create "$node"
write_inventory "$node" "$MOLECULE_EPHEMERAL_DIRECTORY/inventory"
say "Initialising $node"
ansible-playbook playbooks/init-control-plane.yml -i "$MOLECULE_EPHEMERAL_DIRECTORY/inventory" >"$MOLECULE_EPHEMERAL_DIRECTORY/init.log" ||
  { tail -n 60 "$MOLECULE_EPHEMERAL_DIRECTORY/init.log" && die "$node cannot be initialised"; }
say "$COUNT declarations of seed $SEED, from number $FIRST (usually 1 to 2 min each)"
export PYTHONPATH=.build:tests:molecule/shared
code=0
[ "$COUNT" -eq 0 ] || python -m chaos "$SEED" "$COUNT" "$FIRST" || code=1
say "$KILLS kills inside modules, and one at the beginning of each task, of seed $SEED (usually 1 min each)"
[ "$KILLS" -eq 0 ] || python -m chaos.kills "$SEED" "$KILLS" || code=1
exit "$code"
